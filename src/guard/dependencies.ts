import { succeeded } from '../model/exit.ts'
import type { DependencyCondition, ProgramSpec } from '../model/program-spec.ts'
import type { InstanceState } from './state.ts'

/** What is not yet as `spec` needs it, in words; empty when it may start. */
export function unmetDependencies(
  spec: ProgramSpec,
  statesOf: (service: string) => readonly InstanceState[],
): readonly string[] {
  return Object.entries(spec.dependsOn).flatMap(([name, condition]) => {
    const states = statesOf(name)
    if (states.length === 0) return [`${name}, which does not exist`]
    const missing = states.find((state) => !isMet(state, condition))
    return missing === undefined ? [] : [describeUnmet(name, condition, missing)]
  })
}

/** Every instance has to be as the condition says. */
export function isMet(state: InstanceState, condition: DependencyCondition): boolean {
  const { phase, lastExit } = state
  switch (condition) {
    case 'started':
      return state.pid !== null && phase !== 'stopping'
    case 'ready':
      return phase === 'running' && state.ready
    case 'healthy':
      return phase === 'running' && state.health === 'healthy'
    case 'completed':
      return phase === 'exited' || phase === 'fatal'
    case 'succeeded':
      return phase === 'exited' && lastExit !== null && succeeded(lastExit)
  }
}

const WORDS: Readonly<Record<DependencyCondition, string>> = {
  started: 'to be started',
  ready: 'to be ready',
  healthy: 'to be healthy',
  completed: 'to have ended',
  succeeded: 'to have succeeded',
}

function describeUnmet(name: string, condition: DependencyCondition, state: InstanceState): string {
  return `${name} ${WORDS[condition]} (it is ${state.phase})`
}

/** Names of the services that `names` need, directly or not, without `names` themselves. */
export function requirementsOf(
  names: readonly string[],
  specOf: (service: string) => ProgramSpec | undefined,
): readonly string[] {
  const found = new Set<string>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const other of Object.keys(specOf(name)?.dependsOn ?? {})) {
      if (found.has(other) || names.includes(other)) continue
      found.add(other)
      open.push(other)
    }
  }
  return [...found]
}

/** For each service the names of those that depend on it directly. */
export function dependentsByService(
  specs: Iterable<ProgramSpec>,
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>()
  for (const spec of specs) {
    for (const other of Object.keys(spec.dependsOn)) {
      const list = dependents.get(other)
      if (list === undefined) dependents.set(other, [spec.name])
      else list.push(spec.name)
    }
  }
  return dependents
}
