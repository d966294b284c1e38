import type { Unsupported } from '../../model/plan.ts'
import type { ScmFailureActions } from '../../model/ports/service-control.ts'
import { INFINITE } from '../../model/scm-values.ts'
import type { RestartPolicy } from '../../model/service-spec.ts'

/** More actions than this make no sense to anybody and would only fill the registry. */
const MAX_ACTIONS = 1_000

export const NO_ACTIONS: ScmFailureActions = { resetPeriod: 0, actions: [] }

/**
 * A restart policy in the SCM's terms. The first start counts, so a limit of five starts is four
 * restarts and then none; the count begins anew when there was no failure for the whole window.
 */
export function failureActionsOf({ when, delay, limit }: RestartPolicy): ScmFailureActions {
  if (when === 'no') return NO_ACTIONS
  const restart = { type: 'restart', delay } as const
  // The last action repeats.
  if (limit === null) return { resetPeriod: INFINITE, actions: [restart] }
  return {
    resetPeriod: limit.window / 1_000,
    actions: [
      ...Array.from({ length: limit.count - 1 }, () => restart),
      { type: 'none', delay: 0 },
    ],
  }
}

/** What of a policy failure actions cannot say. */
export function restartProblems({ when, delay, limit }: RestartPolicy): Unsupported[] {
  if (when === 'no') return []
  const problems: Unsupported[] = []
  if (when === 'always') {
    problems.push({
      setting: 'restart.when',
      reason: 'the Service Control Manager starts a service again only after a failure',
    })
  }
  if (delay > INFINITE) {
    problems.push({ setting: 'restart.delay', reason: 'at most 49 days can be set' })
  }
  if (limit !== null) {
    if (limit.count > MAX_ACTIONS) {
      problems.push({
        setting: 'restart.limit',
        reason: `at most ${MAX_ACTIONS} starts can be set`,
      })
    }
    if (limit.window % 1_000 !== 0 || limit.window >= INFINITE * 1_000) {
      problems.push({ setting: 'restart.limit', reason: 'its window is kept in whole seconds' })
    }
  }
  return problems
}

/** How the restarts are done, for the plan. */
export function restartNote({ when, limit }: RestartPolicy): string | null {
  if (when === 'no') return null
  const base = 'the Service Control Manager itself restarts the service after a failure'
  if (limit === null) return base
  const seconds = limit.window / 1_000
  return `${base}; it counts failures until there was none for ${seconds} s, and gives up at number ${limit.count}`
}
