import { describeExit } from '../model/exit.ts'
import type { LogEntry } from '../model/log-entry.ts'
import { formatLogLine } from '../model/log-line.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ControlType, Host } from '../model/ports/host.ts'
import type { Signals } from '../model/ports/process-events.ts'
import { controlsQueue } from './controls-queue.ts'
import { signalControls } from './signal-controls.ts'

export interface LineHostParts extends Pick<Host, 'kind' | 'delivers'> {
  readonly signals: Signals
  readonly clock: Clock
  /** Whether SIGHUP is a stop. */
  readonly hangsUp: boolean
  /** Takes a line of the log. */
  readonly write: (line: string) => void
  /** Lets go of what the lines go to. */
  readonly close: () => void
}

/**
 * A host under which nobody asks for states: signals come in, and the states go into the log, with their
 * time.
 */
export function lineHost(parts: LineHostParts): Host {
  const { kind, delivers, signals, clock, hangsUp, write, close } = parts
  const queue = controlsQueue()
  let accepts: ReadonlySet<ControlType> = new Set()
  let state = 'stopped'
  const giveBack = signalControls({
    signals,
    clock,
    deliver: queue.push,
    accepts: () => accepts,
    hangsUp: () => hangsUp,
    reasonOfStop: async () => 'request',
  })
  const log = (entry: LogEntry): void => write(formatLogLine(clock.wall(), entry))
  return {
    kind,
    delivers,
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
    finish(exit, reason) {
      giveBack()
      const why = reason === null ? '' : ` with ${describeExit(exit)}: ${reason}`
      log({ severity: reason === null ? 5 : 3, message: `stopped${why}` })
      return exit.kind === 'code' ? exit.code : 1
    },
    async close() {
      giveBack()
      close()
    },
  }
}
