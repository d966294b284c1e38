import { succeeded } from '../model/exit.ts'
import { describeNeed } from '../model/program-needs.ts'
import type { DependencyCondition, ProgramSpec } from '../model/program-spec.ts'
import type { InstanceEvent, InstanceState } from './state.ts'

/** A dependency that is not as it has to be: in words, and whether only a request would bring it about. */
export interface Unmet {
  readonly words: string
  readonly inVain: boolean
}

/** What is not yet as `spec` needs it; empty when it may start. */
export function unmetDependencies(
  spec: ProgramSpec,
  statesOf: (service: string) => readonly InstanceState[],
): readonly Unmet[] {
  return Object.entries(spec.dependsOn).flatMap(([name, condition]) => {
    const states = statesOf(name)
    if (states.length === 0) return [{ words: `${name}, which does not exist`, inVain: true }]
    const missing = states.filter((state) => !isMet(state, condition))
    // The one that is worst off is named.
    const named = missing.find(isStuck) ?? missing[0]
    if (named === undefined) return []
    return [{ words: describeUnmet(name, condition, named), inVain: isStuck(named) }]
  })
}

/** What an instance that waits is told of its dependencies. */
export function judgeDependencies(
  spec: ProgramSpec,
  statesOf: (service: string) => readonly InstanceState[],
): Extract<InstanceEvent, { type: 'dependencies' }> {
  const unmet = unmetDependencies(spec, statesOf)
  const met = unmet.length === 0
  const { needs, needsTimeout: within } = spec
  const why = met ? '' : `it waits for ${unmet.map(({ words }) => words).join(' and ')}`
  return {
    type: 'dependencies',
    met,
    why,
    inVain: unmet.some(({ inVain }) => inVain),
    ...(needs.length === 0 ? {} : { needs: { names: needs.map(describeNeed), within } }),
  }
}

/** Nothing but a request moves it from where it is. */
function isStuck({ phase, inVain }: InstanceState): boolean {
  if (phase === 'waiting') return inVain
  return phase === 'stopped' || phase === 'exited' || phase === 'fatal' || phase === 'lost'
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
  const how = state.inVain ? 'waiting in vain' : state.phase
  return `${name} ${WORDS[condition]} (it is ${how})`
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
