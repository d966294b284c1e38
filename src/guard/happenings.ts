import type { GuardHappening } from '../model/guard-event.ts'
import type { Instance } from './instance.ts'
import type { InstanceState, NeedsWait } from './state.ts'

/** Asked for again by the same one: nothing new. */
export function sameWant(a: InstanceState, b: InstanceState): boolean {
  return a.want.state === b.want.state && a.want.by === b.want.by
}

/** What is to be told of an instance that was as `before` says. */
export function happeningsSince(instance: Instance, before: InstanceState): GuardHappening[] {
  const { state, id, wantAt } = instance
  const { phase, why, pid, incarnation, ready, health } = state
  const told: GuardHappening[] = []
  if (!sameWant(state, before)) told.push({ type: 'want', id, want: { ...state.want, at: wantAt } })
  const moved = phase !== before.phase || incarnation !== before.incarnation
  if (moved || hasNewLack(state, before)) {
    told.push({ type: 'phase', id, from: before.phase, to: phase, why, pid, incarnation })
  }
  if (ready !== before.ready) told.push({ type: 'ready', id, ready })
  if (health !== before.health) told.push({ type: 'health', id, health, detail: why })
  if (phase === 'fatal' && state.survivors.length > 0) {
    told.push({ type: 'survivors', id, pids: state.survivors })
  }
  return told
}

/** What is missing is told when it is first known and when it is something else, not at every try. */
function hasNewLack({ needs }: InstanceState, before: InstanceState): boolean {
  if (needs === null || needs.tries === 0 || needs.met) return false
  if (before.needs === null || before.needs.tries === 0) return true
  return namesOf(needs) !== namesOf(before.needs)
}

function namesOf({ unmet }: NeedsWait): string {
  return unmet.map(({ need }) => need).join('\n')
}
