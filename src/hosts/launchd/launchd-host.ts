import { describeExit, type Exit } from '../../model/exit.ts'
import type { LogEntry } from '../../model/log-entry.ts'
import { formatLogLine } from '../../model/log-line.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { ControlType, Host } from '../../model/ports/host.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import type { Terminal } from '../../model/ports/terminal.ts'
import { controlsQueue } from '../controls-queue.ts'
import { signalControls } from '../signal-controls.ts'

export interface LaunchdHostParts {
  readonly signals: Signals
  readonly clock: Clock
  /** Standard error, which launchd writes to the file of StandardErrorPath. */
  readonly terminal: Terminal
}

/**
 * The host of a service that launchd started. launchd has no protocol for readiness, progress or
 * status (launchd.plist(5)): signals come in, and the states go into the log with their time.
 */
export function launchdHost({ signals, clock, terminal }: LaunchdHostParts): Host {
  const queue = controlsQueue()
  let accepts: ReadonlySet<ControlType> = new Set()
  const giveBack = signalControls({
    signals,
    clock,
    deliver: queue.push,
    accepts: () => accepts,
    hangsUp: () => false,
    // launchd sends the same SIGTERM for a bootout and for a shutdown, and tells nobody which.
    reasonOfStop: async () => 'request',
  })
  let state = 'stopped'
  return {
    kind: 'launchd',
    delivers: new Set(['stop', 'reload', 'pause', 'resume']),
    watchdog: null,
    startArguments: [],
    listen: queue.listen,
    accept(controls) {
      accepts = controls
    },
    report(next) {
      if (next === state) return
      state = next
      log({ severity: 5, message: next })
    },
    status: (text) => log({ severity: 6, message: `status: ${text}` }),
    pulse() {},
    log,
    finish(exit: Exit, reason: string | null) {
      giveBack()
      const why = reason === null ? '' : ` with ${describeExit(exit)}: ${reason}`
      log({ severity: reason === null ? 5 : 3, message: `stopped${why}` })
      return exit.kind === 'code' ? exit.code : 1
    },
    async close() {
      giveBack()
    },
  }

  function log(entry: LogEntry): void {
    terminal.line(formatLogLine(clock.wall(), entry))
  }
}
