import type { ScmStatus } from '../../model/ports/service-control.ts'
import { SCM_CONTROLS, type ScmState } from '../../model/scm-values.ts'
import { SPEC_DEFAULTS } from '../../model/service-spec.ts'
import { isWindowsError, WIN32 } from '../../model/windows-error.ts'
import type { ScmContext } from './context.ts'
import { told } from './errors.ts'
import { recordOf } from './ownership.ts'

/** Milliseconds between two looks at a service that is changing its state. */
export const POLL = 25

/** The states that a service is on its way from. */
export const PENDING: ReadonlySet<ScmState> = new Set([
  'start-pending',
  'stop-pending',
  'continue-pending',
  'pause-pending',
])

/** False when the service cannot take the control at this moment. A stop of a stopped one is taken. */
export async function controlTaken(
  { control }: ScmContext,
  name: string,
  action: string,
  code: number,
): Promise<boolean> {
  try {
    await control.control(name, code)
    return true
  } catch (error) {
    if (isWindowsError(error, WIN32.SERVICE_CANNOT_ACCEPT_CTRL)) return false
    if (isWindowsError(error, WIN32.SERVICE_NOT_ACTIVE) && code === SCM_CONTROLS.stop) return true
    return told(action, name, Promise.reject(error))
  }
}

/**
 * Waits while the service is in one of the states (null: in any but stopped), as long as it makes
 * progress: each new state or checkpoint begins the patience anew, and so does a wait hint that is longer.
 *
 * @returns the state it is in then; null when it made no progress for `patience` ms
 */
export async function settled(
  { control, clock }: ScmContext,
  name: string,
  states: readonly ScmState[] | null,
  patience: number,
): Promise<ScmStatus | null> {
  let progress = ''
  let since = clock.monotonic()
  for (;;) {
    const status = await told('ask about', name, control.status(name))
    if (states === null ? status.state === 'stopped' : !states.includes(status.state)) return status
    const seen = `${status.state} ${status.checkPoint}`
    if (seen !== progress) since = clock.monotonic()
    else if (clock.monotonic() - since > patience) return null
    progress = seen
    await clock.sleep(POLL)
  }
}

export async function timeouts(
  { control }: ScmContext,
  name: string,
): Promise<{ startTimeout: number; stopTimeout: number }> {
  return (await recordOf(control, name)) ?? SPEC_DEFAULTS
}
