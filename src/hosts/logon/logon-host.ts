import { describeExit, type Exit } from '../../model/exit.ts'
import type { LogEntry } from '../../model/log-entry.ts'
import { formatLogLine } from '../../model/log-line.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { ControlType, Host } from '../../model/ports/host.ts'
import type { LineSink } from '../../model/ports/line-sink.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import { controlsQueue } from '../controls-queue.ts'
import { signalControls } from '../signal-controls.ts'

export interface LogonHostParts {
  readonly signals: Signals
  readonly clock: Clock
  /** The log file of the service: there is nobody else to tell. */
  readonly sink: LineSink
}

/**
 * The host of a guard that Windows started at logon, or `stead start` in its place. Nobody asks for
 * states and nobody waits for them: they go into the log with their time. What Windows says to its
 * console, such as that it closes, is a stop.
 */
export function logonHost({ signals, clock, sink }: LogonHostParts): Host {
  const queue = controlsQueue()
  let accepts: ReadonlySet<ControlType> = new Set()
  let state = 'stopped'
  const giveBack = signalControls({
    signals,
    clock,
    deliver: queue.push,
    accepts: () => accepts,
    hangsUp: () => true,
    reasonOfStop: async () => 'request',
  })
  return {
    kind: 'logon',
    delivers: new Set(['stop']),
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
      sink.close()
    },
  }

  function log(entry: LogEntry): void {
    sink.write(formatLogLine(clock.wall(), entry))
  }
}
