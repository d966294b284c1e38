import { SteadError } from '../../errors.ts'
import type { ScmStatus } from '../../model/ports/service-control.ts'
import { SCM_ACCEPTS, SCM_CONTROLS, type ScmState } from '../../model/scm-values.ts'
import { describeWindowsError, isWindowsError, WIN32 } from '../../model/windows-error.ts'
import type { ScmContext } from './context.ts'
import { MANAGER, told } from './errors.ts'
import { endOf, legalVerbs } from './to-status.ts'
import { controlTaken, PENDING, settled, timeouts } from './waiting.ts'

/** Errors of StartServiceW that tell why the service did not come up. */
const START_FAILURES: readonly number[] = [
  WIN32.FILE_NOT_FOUND,
  WIN32.PATH_NOT_FOUND,
  WIN32.BAD_EXE_FORMAT,
  WIN32.SERVICE_REQUEST_TIMEOUT,
  WIN32.SERVICE_DEPENDENCY_FAIL,
  WIN32.SERVICE_DEPENDENCY_DELETED,
  WIN32.CIRCULAR_DEPENDENCY,
  WIN32.SERVICE_LOGON_FAILED,
]

/** Milliseconds in which a service that has taken a control leaves the state that it was in. */
const LEFT_WITHIN = 5_000

export async function startService(
  context: ScmContext,
  name: string,
  args: readonly string[],
): Promise<void> {
  const { control } = context
  const { startTimeout, stopTimeout } = await timeouts(context, name)
  const before = await settled(context, name, ['stop-pending'], stopTimeout)
  if (before === null) throw new SteadError('STOP_TIMEOUT', { name, seconds: stopTimeout / 1_000 })
  if (before.state === 'stopped') {
    try {
      await control.start(name, args)
    } catch (error) {
      if (isWindowsError(error, ...START_FAILURES)) {
        const reason = describeWindowsError(error.number)
        throw new SteadError('START_FAILED', { name, reason }, { cause: error })
      }
      if (!isWindowsError(error, WIN32.SERVICE_ALREADY_RUNNING)) {
        await told('start', name, Promise.reject(error))
      }
    }
  }
  // A stop may overtake the start; then it is not over before the stop is.
  const after = await settled(context, name, ['start-pending', 'stop-pending'], startTimeout)
  if (after === null) throw new SteadError('START_TIMEOUT', { name, seconds: startTimeout / 1_000 })
  if (after.state !== 'stopped') return
  const end = endOf(after)
  const reason = end.failed ? end.why : 'it was stopped, or ended, before it was ready'
  throw new SteadError('START_FAILED', { name, reason })
}

export async function pauseService(context: ScmContext, name: string): Promise<void> {
  await change(context, name, 'pause', 'running', SCM_CONTROLS.pause)
}

export async function resumeService(context: ScmContext, name: string): Promise<void> {
  await change(context, name, 'resume', 'paused', SCM_CONTROLS.resume)
}

export async function reloadService(context: ScmContext, name: string): Promise<void> {
  const status = await told('reload', name, context.control.status(name))
  refuse(status, name, 'reload', SCM_ACCEPTS.paramChange)
  await sendControl(context, name, 'reload', SCM_CONTROLS.paramChange)
}

/** Sends a code of the service's own, already checked; services take them in any state but stopped. */
export async function customService(
  context: ScmContext,
  name: string,
  code: number,
): Promise<void> {
  await sendControl(context, name, `take control ${code}`, code)
}

async function change(
  context: ScmContext,
  name: string,
  action: 'pause' | 'resume',
  from: ScmState,
  code: number,
): Promise<void> {
  const status = await told(action, name, context.control.status(name))
  refuse(status, name, action, SCM_ACCEPTS.pauseContinue)
  if (status.state !== from) throw illegal(status, action)
  await sendControl(context, name, action, code)
  const { startTimeout } = await timeouts(context, name)
  // A handler may answer before the service says that it is on its way ("Service Control Handler Function").
  const begun = await settled(context, name, [from], LEFT_WITHIN)
  const pending: readonly ScmState[] = ['pause-pending', 'continue-pending']
  const after = begun === null ? status : await settled(context, name, pending, startTimeout)
  if (after === null) {
    throw new SteadError('MANAGER_TIMEOUT', {
      manager: MANAGER,
      action: `${action} ${name}`,
      seconds: startTimeout / 1_000,
    })
  }
  if (after.state === from) {
    throw new SteadError('MANAGER_FAILED', {
      manager: MANAGER,
      action: `${action} ${name}`,
      detail: `the service ${begun === null ? 'is still' : 'went back to'} ${from}`,
    })
  }
}

/** Refuses a control that the service cannot take: it is not running, on its way, or does not know it. */
function refuse(status: ScmStatus, name: string, action: string, accepts: number): void {
  if (status.state === 'stopped') throw new SteadError('NOT_RUNNING', { name, action })
  if ((status.accepts & accepts) !== 0) return
  if (PENDING.has(status.state)) throw illegal(status, action)
  const reason = 'the service does not accept it'
  throw new SteadError('VERB_UNSUPPORTED', { name, action, manager: MANAGER, reason })
}

function illegal(status: ScmStatus, action: string): SteadError {
  const from = status.state.replace('-pending', ' pending')
  return new SteadError('TRANSITION_ILLEGAL', { from, action, legal: legalVerbs(status) })
}

async function sendControl(
  context: ScmContext,
  name: string,
  action: string,
  code: number,
): Promise<void> {
  if (await controlTaken(context, name, action, code)) return
  throw illegal(await told(action, name, context.control.status(name)), action)
}
