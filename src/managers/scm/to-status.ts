import { describeExit, type Exit } from '../../model/exit.ts'
import type { ScmConfig, ScmFailureActions, ScmStatus } from '../../model/ports/service-control.ts'
import { SCM_ACCEPTS, type ScmState } from '../../model/scm-values.ts'
import type { Phase, ServiceStatus } from '../../model/service-status.ts'
import { describeWindowsError, WIN32 } from '../../model/windows-error.ts'
import { startTypeOf } from './definition.ts'

/** All that was found out about one service; null for what the caller may not see. */
export interface ScmFacts {
  readonly name: string
  readonly ours: boolean
  readonly status: ScmStatus
  readonly config: ScmConfig | null
  readonly delayed: boolean
  readonly failureActions: ScmFailureActions | null
  readonly startedAt: Date | null
  readonly memory: number | null
}

const PHASES: Readonly<Record<Exclude<ScmState, 'stopped'>, Phase>> = {
  'start-pending': 'starting',
  'stop-pending': 'stopping',
  running: 'running',
  'continue-pending': 'resuming',
  'pause-pending': 'pausing',
  paused: 'paused',
}

/** SERVICE_STATUS_PROCESS and the rest in the words that all managers share. */
export function toStatus(facts: ScmFacts): ServiceStatus {
  const { status, config } = facts
  const stopped = status.state === 'stopped'
  const end = stopped ? endOf(status) : NO_END
  return {
    name: facts.name,
    manager: 'scm',
    scope: 'system',
    ours: facts.ours,
    displayName: config?.displayName ?? null,
    startType: config === null ? null : startTypeOf(config, facts.delayed),
    account: config?.account ?? null,
    want: null,
    phase: status.state === 'stopped' ? stoppedPhase(end, facts) : PHASES[status.state],
    ready: status.state === 'running' || status.state === 'paused',
    pid: status.pid,
    startedAt: facts.startedAt,
    memory: facts.memory,
    restarts: null,
    lastExit: end.exit === null ? null : { exit: end.exit, at: null },
    statusText: null,
    why: end.failed ? `${end.why}${restarts(facts.failureActions)}` : null,
  }
}

export function notInstalled(name: string): ServiceStatus {
  return {
    name,
    manager: 'scm',
    scope: 'system',
    ours: false,
    displayName: null,
    startType: null,
    want: null,
    phase: 'not-installed',
    ready: null,
    pid: null,
    startedAt: null,
    memory: null,
    restarts: null,
    lastExit: null,
    statusText: null,
    why: null,
  }
}

interface End {
  readonly exit: Exit | null
  readonly failed: boolean
  readonly why: string
}

const NO_END: End = { exit: null, failed: false, why: '' }

/** How a stopped service ended, out of its two exit codes. */
export function endOf({ win32ExitCode, specificExitCode }: ScmStatus): End {
  switch (win32ExitCode) {
    case WIN32.SERVICE_NEVER_STARTED:
      return NO_END
    case 0:
      return { exit: { kind: 'code', code: 0 }, failed: false, why: '' }
    case WIN32.SERVICE_SPECIFIC_ERROR: {
      const exit: Exit = { kind: 'code', code: specificExitCode }
      return { exit, failed: true, why: `it ended with ${describeExit(exit)}` }
    }
    default:
      return {
        exit: exitOf(win32ExitCode),
        failed: true,
        why: describeWindowsError(win32ExitCode),
      }
  }
}

/** Numbers of Windows tell why there was no process; any other is the service's own code. */
function exitOf(number: number): Exit | null {
  switch (number) {
    case WIN32.FILE_NOT_FOUND:
      return { kind: 'spawn-error', errno: 'ERROR_FILE_NOT_FOUND' }
    case WIN32.PATH_NOT_FOUND:
      return { kind: 'spawn-error', errno: 'ERROR_PATH_NOT_FOUND' }
    case WIN32.ACCESS_DENIED:
      return { kind: 'spawn-error', errno: 'ERROR_ACCESS_DENIED' }
    case WIN32.BAD_EXE_FORMAT:
      return { kind: 'spawn-error', errno: 'ERROR_BAD_EXE_FORMAT' }
    case WIN32.NOT_A_DIRECTORY:
      return { kind: 'spawn-error', errno: 'ERROR_DIRECTORY' }
    case WIN32.SERVICE_LOGON_FAILED:
      return { kind: 'spawn-error', errno: 'ERROR_SERVICE_LOGON_FAILED' }
    case WIN32.SERVICE_DEPENDENCY_FAIL:
    case WIN32.SERVICE_DEPENDENCY_DELETED:
      return null
    case WIN32.PROCESS_ABORTED:
    case WIN32.SERVICE_REQUEST_TIMEOUT:
      return { kind: 'unknown' }
    default:
      return { kind: 'code', code: number }
  }
}

/**
 * After a failure the SCM tells nobody whether it is going to start the service again: certain is
 * only a policy without an end, and no policy at all.
 */
function stoppedPhase(end: End, { failureActions }: ScmFacts): Phase {
  if (!end.failed) return 'stopped'
  return failureActions?.actions.at(-1)?.type === 'restart' ? 'backoff' : 'fatal'
}

function restarts(failureActions: ScmFailureActions | null): string {
  const actions = failureActions?.actions ?? []
  const count = actions.filter(({ type }) => type === 'restart').length
  if (count === 0) return ''
  const seconds = (actions[0]?.delay ?? 0) / 1_000
  const limit = actions.at(-1)?.type === 'restart' ? '' : `, at most ${count} times in a row`
  return `; it is started again ${seconds} s after a failure${limit}`
}

/** The verbs that a service takes in its present state. */
export function legalVerbs({ state, accepts }: ScmStatus): string[] {
  if (state === 'stopped') return ['start']
  const verbs: string[] = []
  if (accepts & SCM_ACCEPTS.stop) verbs.push('stop')
  if (accepts & SCM_ACCEPTS.pauseContinue && state === 'running') verbs.push('pause')
  if (accepts & SCM_ACCEPTS.pauseContinue && state === 'paused') verbs.push('resume')
  if (accepts & SCM_ACCEPTS.paramChange) verbs.push('reload')
  return verbs
}
