import {
  completeProgram,
  type DependencyCondition,
  type GroupSpec,
  type GuardSpec,
  type ProgramSpec,
} from '../../src/model/program-spec.ts'
import type { SeededRandom } from '../fakes/seeded-random.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']

/** A configuration that a seed makes: every policy, dependencies without cycles, groups, instances. */
export function randomSpec(random: SeededRandom): GuardSpec {
  const names = NAMES.slice(0, 1 + random.below(NAMES.length))
  const services = names.map((name, index) => randomProgram(name, names.slice(0, index), random))
  return { project: 'simulated', services, groups: randomGroups(names, random) }
}

function randomProgram(name: string, before: readonly string[], random: SeededRandom): ProgramSpec {
  const dependsOn: Record<string, DependencyCondition> = {}
  for (const other of before) {
    if (random.chance(0.3)) dependsOn[other] = random.pick(['started', 'ready', 'ready'] as const)
  }
  return completeProgram({
    name,
    command: [`/${name}/${random.below(2)}`],
    cwd: '/',
    type: random.chance(0.15) ? 'job' : 'service',
    autostart: random.chance(0.9),
    instances: random.chance(0.25) ? 1 + random.below(4) : 1,
    dependsOn,
    needs: random.chance(0.3) ? [{ kind: 'tcp', host: name, port: 1, timeout: 500 }] : [],
    needsTimeout: random.pick([400, 5_000, null]),
    startSeconds: random.pick([0, 100, 1_000]),
    startTimeout: random.pick([500, 5_000]),
    ready: random.chance(0.5) ? { kind: 'notify' } : null,
    restart: {
      when: random.pick([
        'always',
        'on-failure',
        'on-failure',
        'no',
        { codes: [7], signals: ['SIGSEGV'] },
      ] as const),
      strategy: random.pick(['exponential', 'exponential', 'immediate', 'manual'] as const),
      immediate: random.below(3),
      delay: random.pick([1, 100, 1_000]),
      factor: 2,
      maxDelay: 5_000,
      jitter: 0.1,
      limit: random.chance(0.8)
        ? { count: 1 + random.below(5), window: 10_000 }
        : { count: 50, window: 60_000 },
    },
    stop: [
      {
        action: {
          kind: 'signal',
          signal: 'SIGTERM',
          to: random.pick(['leader', 'group'] as const),
        },
        wait: random.pick([10, 1_000]),
      },
      { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 500 },
    ],
  })
}

function randomGroups(names: readonly string[], random: SeededRandom): GroupSpec[] {
  if (!random.chance(0.4)) return []
  return [
    {
      name: 'g',
      services: names.filter(() => random.chance(0.7)),
      strategy: random.pick(['one_for_one', 'one_for_all', 'rest_for_one'] as const),
      limit: random.chance(0.5) ? { count: 1 + random.below(6), window: 20_000 } : null,
    },
  ]
}
