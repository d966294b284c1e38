import type { StopStep } from '../../model/program-spec.ts'
import type { GuardSettings, ServiceSpec } from '../../model/service-spec.ts'

/** The settings of a spec for which systemd needs a guard, by name; none where it honours all by itself. */
export function settingsForGuard({ guard, killMode }: ServiceSpec): readonly string[] {
  if (guard === null) return []
  return guard.asked.filter((setting) => {
    // A unit is a control group.
    if (setting === 'cgroup') return false
    if (setting === 'ready') return guard.ready?.kind !== 'notify'
    if (setting === 'reload') return guard.reload.kind !== 'signal'
    if (setting === 'stop') return stopByItself(guard) === null || killMode !== 'mixed'
    return true
  })
}

/**
 * A stop as systemd has it: one signal to the main process, then SIGKILL to all that is left
 * (systemd.kill(5), `KillMode=mixed`); null for one that has more to it.
 */
export function stopByItself({ stop }: GuardSettings): { signal: string; wait: number } | null {
  const [ask, kill, ...more] = stop
  if (ask === undefined || kill === undefined || more.length > 0) return null
  const { action, wait } = ask
  const plain = action.kind === 'signal' && action.to === 'leader' && isKill(kill)
  return plain ? { signal: action.signal, wait } : null
}

function isKill({ action }: StopStep): boolean {
  return action.kind === 'signal' && action.signal === 'SIGKILL' && action.to === 'tree'
}
