import { describeExit, type Exit } from '../../model/exit.ts'
import type { LifecycleState } from '../../model/lifecycle-state.ts'
import type { LogEntry } from '../../model/log-entry.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { ControlType, Host } from '../../model/ports/host.ts'
import type { NotifySocket } from '../../model/ports/notify-socket.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import type { Terminal } from '../../model/ports/terminal.ts'
import { controlsQueue } from '../controls-queue.ts'
import { signalControls } from '../signal-controls.ts'
import { patiencePump } from './patience-pump.ts'

export interface SystemdHostParts {
  readonly signals: Signals
  readonly clock: Clock
  /** Null where the unit is not of `Type=notify`: there is nobody to tell. */
  readonly notify: NotifySocket | null
  /** Standard error, which is the journal. */
  readonly terminal: Terminal
  /** WATCHDOG_USEC in milliseconds, where it is meant for this process (sd_watchdog_enabled(3)). */
  readonly watchdog: number | null
  /** Is the machine on its way down? */
  readonly shuttingDown: () => Promise<boolean>
}

/** How long a stop waits for its reason, in milliseconds. */
const ANSWER_TIME = 500

/** States that systemd has no word for; its StatusText carries them. `stead status` reads them there. */
const TOLD_AS_STATUS: ReadonlySet<LifecycleState> = new Set(['pausing', 'paused', 'resuming'])

/** The host of a service that systemd started: sd_notify(3) out, signals in, the journal for the log. */
export function systemdHost(parts: SystemdHostParts): Host {
  const { signals, clock, notify, terminal, watchdog, shuttingDown } = parts
  const queue = controlsQueue()
  const pump = patiencePump(clock, (microseconds) => {
    notify?.send({ EXTEND_TIMEOUT_USEC: microseconds })
  })
  let accepts: ReadonlySet<ControlType> = new Set()
  let state: LifecycleState = 'stopped'
  let statusText = ''
  const giveBack = signalControls({
    signals,
    clock,
    deliver: queue.push,
    accepts: () => accepts,
    hangsUp: () => false,
    reasonOfStop,
  })

  return {
    kind: 'systemd',
    delivers: new Set(['stop', 'reload', 'pause', 'resume']),
    watchdog,
    startArguments: [],
    listen: queue.listen,
    accept(controls) {
      accepts = controls
    },
    report(next, patience) {
      const changed = next !== state
      state = next
      if (changed) tell()
      if (patience === undefined) pump.rest()
      else pump.grant(patience)
    },
    status(text) {
      statusText = text
      notify?.send({ STATUS: statusLine() })
    },
    pulse() {
      notify?.send({ WATCHDOG: 1 })
    },
    log: writeLog,
    finish(exit: Exit, reason: string | null) {
      giveBack()
      pump.rest()
      state = 'stopped'
      notify?.send({ STOPPING: 1, STATUS: reason ?? '' })
      if (reason !== null)
        writeLog({ severity: 3, message: `ended with ${describeExit(exit)}: ${reason}` })
      return exit.kind === 'code' ? exit.code : 1
    },
    async close() {
      giveBack()
      pump.rest()
      notify?.close()
    },
  }

  /** The reason is worth a moment, never the stop itself: no answer in time is a plain request. */
  async function reasonOfStop(): Promise<'shutdown' | 'request'> {
    const answered = new AbortController()
    const tooLate = clock.sleep(ANSWER_TIME, answered.signal).then(
      () => false,
      () => false,
    )
    const down = await Promise.race([shuttingDown().catch(() => false), tooLate])
    answered.abort()
    return down ? 'shutdown' : 'request'
  }

  function tell(): void {
    switch (state) {
      case 'running':
        notify?.send({ READY: 1, STATUS: statusLine() })
        return
      case 'reloading':
        notify?.send({ RELOADING: 1, MONOTONIC_USEC: notify.monotonicMicroseconds() })
        return
      case 'stopping':
        notify?.send({ STOPPING: 1 })
        return
      case 'pausing':
      case 'paused':
      case 'resuming':
        notify?.send({ STATUS: statusLine() })
        return
      case 'starting':
      case 'stopped':
        return
    }
  }

  function statusLine(): string {
    if (!TOLD_AS_STATUS.has(state)) return statusText
    return statusText === '' ? state : `${state}: ${statusText}`
  }

  /** Each line with the severity in front, as sd-daemon(3) has it: the journal keeps lines, not entries. */
  function writeLog({ severity, message, fields }: LogEntry): void {
    const text = fields === undefined ? message : `${message} ${JSON.stringify(fields)}`
    for (const line of text.split('\n')) terminal.line(`<${severity}>${line}`)
  }
}
