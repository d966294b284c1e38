import type { Clock } from '../model/ports/clock.ts'
import type { Control, ControlType } from '../model/ports/host.ts'
import type { Signals } from '../model/ports/process-events.ts'

/**
 * Within this time a Ctrl-C is one and the same, in milliseconds: npm passes on the SIGINT that the
 * terminal has already given to everybody, so the program hears of each twice.
 */
const ONE_INTERRUPT = 500

export interface SignalControlsParts {
  readonly signals: Signals
  readonly clock: Clock
  readonly deliver: (control: Control) => void
  /** What the service takes at this moment. */
  readonly accepts: () => ReadonlySet<ControlType>
  /** May SIGHUP mean that a terminal has gone? */
  readonly hangsUp: () => boolean
  /** Why a SIGTERM came; it may take a moment to find out. */
  readonly reasonOfStop: () => Promise<'request' | 'shutdown'>
}

/**
 * The signals by which a POSIX process is asked for things, as controls: SIGTERM stops, SIGHUP reloads,
 * SIGUSR1 and SIGUSR2 pause and resume, SIGINT (and SIGBREAK on Windows) is Ctrl-C. The second
 * Ctrl-C forces.
 *
 * SIGHUP also says that a terminal has gone (setsid(2), termios(3)); where there can be a terminal, a
 * service that cannot reload takes it as a stop, which is what a program without a handler would do.
 *
 * @returns the function that gives the signals back
 */
export function signalControls({
  signals,
  clock,
  deliver,
  accepts,
  hangsUp,
  reasonOfStop,
}: SignalControlsParts): () => void {
  let first: number | null = null
  const interrupt = (): void => {
    const now = clock.monotonic()
    first ??= now
    deliver({ type: 'stop', reason: 'interrupt', force: now - first > ONE_INTERRUPT })
  }
  const stop = (): void => {
    void reasonOfStop().then((reason) => deliver({ type: 'stop', reason, force: false }))
  }
  const undo = [
    signals.on('SIGINT', interrupt),
    signals.on('SIGBREAK', interrupt),
    signals.on('SIGTERM', stop),
    signals.on('SIGHUP', () => {
      if (!hangsUp() || !accepts().has('stop')) deliver({ type: 'reload' })
      else deliver({ type: 'stop', reason: 'interrupt', force: false })
    }),
    signals.on('SIGUSR1', () => deliver({ type: 'pause' })),
    signals.on('SIGUSR2', () => deliver({ type: 'resume' })),
  ]
  return () => {
    for (const give of undo) give()
  }
}
