import {
  SCM_ACCEPTS,
  SCM_STATES,
  type ScmState,
  SERVICE_WIN32_OWN_PROCESS,
} from '../../model/scm-values.ts'

/** Milliseconds between two checkpoints; SetServiceStatus asks for one well before the hint ends. */
export const CHECKPOINT_EVERY = 1_000
/** What is promised until the next checkpoint: room for a machine that is busy. */
const LONGEST_HINT = 5_000
/** How long a start or a stop is kept alive on the word of nobody but the SCM. */
const UNATTENDED = 90_000

const STOPS = SCM_ACCEPTS.stop | SCM_ACCEPTS.shutdown | SCM_ACCEPTS.preshutdown

const PENDING: ReadonlySet<ScmState> = new Set([
  'start-pending',
  'stop-pending',
  'continue-pending',
  'pause-pending',
])

/** SERVICE_STATUS: seven DWORDs (<winsvc.h>). */
export type ServiceStatusWords = [number, number, number, number, number, number, number]

/** A service on its way can at most be stopped; one that stops, or has, takes nothing. */
function acceptedIn(state: ScmState, accepted: number): number {
  if (state === 'stop-pending' || state === 'stopped') return 0
  return state === 'start-pending' ? accepted & STOPS : accepted
}

export interface StatusReporter {
  accept(bits: number): void
  report(state: ScmState, patience: number): void
  /** The SCM asks for a stop; reported at once, whatever the program is busy with. */
  stopRequested(): void
  /** To be called every {@link CHECKPOINT_EVERY} ms. */
  tick(): void
  finish(win32ExitCode: number, specificExitCode: number): void
}

/**
 * The rules of SetServiceStatus in one place: a checkpoint and a wait hint in pending states and in
 * no others, no controls when stopping or stopped, no way back from stopping, and not one call after
 * SERVICE_STOPPED. Begins with SERVICE_START_PENDING.
 *
 * @param set hands the words to SetServiceStatus
 * @param now milliseconds on a clock that never jumps
 */
export function statusReporter(
  set: (words: ServiceStatusWords) => void,
  now: () => number,
): StatusReporter {
  let state: ScmState = 'start-pending'
  let accepted = 0
  let checkpoint = 1
  let patienceEnds = now() + UNATTENDED
  send(0, 0)

  function send(win32ExitCode: number, specificExitCode: number): void {
    const left = patienceEnds - now()
    const pending = PENDING.has(state)
    set([
      SERVICE_WIN32_OWN_PROCESS,
      SCM_STATES[state],
      acceptedIn(state, accepted),
      win32ExitCode,
      specificExitCode,
      pending ? checkpoint : 0,
      pending ? Math.round(Math.min(LONGEST_HINT, Math.max(left, 1))) : 0,
    ])
  }

  function enter(next: ScmState, patience: number): void {
    if (state === 'stopped' || (state === 'stop-pending' && next !== 'stop-pending')) return
    checkpoint = state === next ? checkpoint + 1 : 1
    state = next
    patienceEnds = now() + patience
    send(0, 0)
  }

  return {
    accept(bits) {
      if (state === 'stopped' || accepted === bits) return
      accepted = bits
      send(0, 0)
    },
    report: enter,
    stopRequested() {
      if (state !== 'stop-pending') enter('stop-pending', UNATTENDED)
    },
    tick() {
      if (!PENDING.has(state) || now() >= patienceEnds) return
      checkpoint += 1
      send(0, 0)
    },
    finish(win32ExitCode, specificExitCode) {
      if (state === 'stopped') return
      state = 'stopped'
      send(win32ExitCode, specificExitCode)
    },
  }
}
