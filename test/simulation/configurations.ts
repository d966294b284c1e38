/** Configurations that come and go over a simulated world, made up by a seed, and what must hold in the end. */
import assert from 'node:assert/strict'
import type { ConfigVersion } from '../../src/model/config-version.ts'
import type { GuardSpec, ProgramSpec } from '../../src/model/program-spec.ts'
import { type SeededRandom, seededRandom } from '../fakes/seeded-random.ts'
import { type Life, program, scripted, type World } from './scripted.ts'

const OPERATOR = { uid: 0, pid: null }
const NAMES = ['a', 'b', 'c', 'd']
const HOUR = 3_600_000
/** Which programs fail, and how: their names say it. */
const FAULTS: Readonly<Record<string, Partial<Life>>> = {
  crashes: { endsAfter: 30, exit: { kind: 'code', code: 1 }, readyAfter: null },
  dies: { endsAfter: 3_000, exit: { kind: 'signal', signal: 'SIGSEGV' } },
  hangs: { readyAfter: null },
  absent: { spawnError: 'ENOENT' },
}

export interface Changed {
  readonly versions: readonly ConfigVersion[]
  /** How often a configuration was gone back from because something failed. */
  readonly rolledBack: number
}

/**
 * Applies, lets fail, rolls back, applies over what is under way, kills the guard. `steady` and `pair`
 * are in every configuration, and the same.
 *
 * @throws AssertionError naming what must never happen and did
 */
export async function changeConfigurations(seed: number): Promise<Changed> {
  const random = seededRandom(seed)
  const log: string[] = []
  const world = scripted({
    services: randomServices(random, false),
    lives: Object.fromEntries(
      NAMES.map((name) => [name, (_nth: number, file: string) => FAULTS[kindOf(file)] ?? {}]),
    ),
  })
  world.again()
  await world.pass(10_000)
  try {
    for (let count = 1 + random.below(8); count > 0; count -= 1) {
      await change(world, random, log)
      if (random.chance(0.4)) {
        await rest(world)
        check(world)
      }
    }
    await rest(world)
    check(world)
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${log.join('\n')}`, {
      cause: error,
    })
  }
  const versions = world.guard.api.versions()
  return {
    versions,
    rolledBack: versions.filter(({ outcome }) => outcome === 'rolled-back').length,
  }
}

async function change(world: World, random: SeededRandom, log: string[]): Promise<void> {
  const choice = random.below(100)
  const { api } = world.guard
  if (choice < 60) {
    const services = randomServices(random, true)
    const trial = random.pick([0, 0, 2_000, 20_000])
    log.push(`apply ${services.map(shown).join(', ')} on trial for ${trial}`)
    await world.tryOut(services, trial)
  } else if (choice < 75) {
    const { number } = random.pick(api.versions())
    log.push(`roll back to ${number}`)
    await api.rollback(number, OPERATOR)
  } else if (choice < 90) {
    log.push('the guard is killed')
    world.drop()
    begin(api.configuration().current.services)
  } else {
    log.push('the guard is upgraded')
    await world.until(api.shutdown({ keep: true }, OPERATOR))
    begin(api.configuration().current.services)
  }
  /** Somebody may have changed the file meanwhile. */
  function begin(same: readonly ProgramSpec[]): void {
    if (random.chance(0.5)) {
      world.again(same)
      return
    }
    const services = randomServices(random, true)
    const trial = random.pick([0, 0, 2_000, 20_000])
    log.push(`start with ${services.map(shown).join(', ')} on trial for ${trial}`)
    world.again(services, { trial })
  }

  const pause = random.pick([0, 1, 50, 1_000, 10_000])
  log.push(`pass ${pause}`)
  await world.pass(pause)
}

/** Everything that is under way comes to its end: trials, rollouts, back-offs. */
function rest(world: World): Promise<void> {
  return world.pass(HOUR)
}

function check(world: World): void {
  const { api } = world.guard
  const { services } = api.configuration().current
  const versions = api.versions()
  const newest = versions.at(-1) as ConfigVersion
  // What runs is exactly one version, the newest, and the history says so.
  assert.equal(newest.outcome, 'good', `version ${newest.number} is ${newest.outcome} at rest`)
  const told = JSON.parse(api.versionSources(newest.number).spec ?? '') as GuardSpec
  assert.deepEqual(told.services, JSON.parse(JSON.stringify(services)))
  for (const { service, id } of api.status({ names: [] }).services) {
    assert.ok(
      services.some(({ name }) => name === service),
      `${id} is in no configuration`,
    )
  }
  for (const spec of services) {
    for (let number = 1; number <= 4; number += 1) checkInstance(world, spec, number)
  }
  checkHistory(versions)
  // Nothing has touched those that no configuration ever changed.
  for (const key of ['steady@1', 'pair@1', 'pair@2']) {
    assert.equal(world.startsOf(key).length, 1, `${key} was started again`)
  }
  assert.deepEqual(world.doubles, [])
}

function checkInstance(world: World, spec: ProgramSpec, number: number): void {
  const key = `${spec.name}@${number}`
  const files = world.filesOf(key)
  if (number > spec.instances) assert.deepEqual(files, [], `${key} is one too many`)
  else if (files.length > 0) assert.deepEqual(files, [spec.command[0]], `${key} runs another`)
  else assert.ok(kindOf(spec.command[0]) in FAULTS, `${key} does not run`)
}

/** After a failure comes what was good before it, and nothing of what failed. */
function checkHistory(versions: readonly ConfigVersion[]): void {
  for (const [index, { number, outcome, reason }] of versions.entries()) {
    if (outcome !== 'rolled-back') continue
    const after = versions[index + 1]
    assert.equal(after?.cause, 'rollback', `nothing follows version ${number}, that ${reason}`)
    if (after?.by !== 'trial') continue
    const before = versions.slice(0, index).findLast((one) => one.outcome === 'good')
    assert.equal(after.digest, before?.digest, `version ${number} was gone back from to another`)
  }
}

function randomServices(random: SeededRandom, withFaults: boolean): ProgramSpec[] {
  const changing = NAMES.filter(() => random.chance(0.7)).map((name) => {
    const fault = withFaults && random.chance(0.25) ? random.pick(Object.keys(FAULTS)) : 'works'
    return program(name, {
      command: [`/${fault}/${random.below(2)}`],
      instances: random.pick([1, 1, 2, 3, 4]),
      ready: fault === 'hangs' || random.chance(0.5) ? { kind: 'notify' } : null,
      startTimeout: 1_000,
      labels: { colour: random.pick(['red', 'green']) },
      restart: { immediate: 0, delay: 100, limit: { count: 2, window: 60_000 } },
    })
  })
  return [program('steady'), ...changing, program('pair', { instances: 2 })]
}

function kindOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function shown({ name, command, instances }: ProgramSpec): string {
  return `${name}×${instances} ${command[0]}`
}
