import { describeExit, type Exit, succeeded } from '../../model/exit.ts'
import type { LifecycleState } from '../../model/lifecycle-state.ts'
import { type LogEntry, SEVERITY } from '../../model/log-entry.ts'
import { formatLogLine } from '../../model/log-line.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { Control, Host } from '../../model/ports/host.ts'
import type { LineSink } from '../../model/ports/line-sink.ts'
import type { ScmConversation } from '../../model/ports/scm-conversation.ts'
import { eventOfLine, WINDOWS_EVENTS, type WindowsEventName } from '../../model/windows-events.ts'
import { acceptedBits, controlOf, STATES } from './controls.ts'
import { stoppedCodes } from './stopped-codes.ts'

/** A passing state that comes without a patience of its own, and without a record. */
const DEFAULT_PATIENCE = 30_000

export interface ScmHostPorts {
  readonly conversation: ScmConversation
  readonly clock: Clock
  /** The service's log file; null for none. */
  readonly sink: LineSink | null
  /** How long a start and a stop may take where a report does not say it; in milliseconds. */
  readonly patience?: { readonly start: number; readonly stop: number } | null
}

/**
 * The Windows Service Control Manager as a host. Entries of the log go to the sink, and from
 * `warning` upwards to the Event Log as well. What has an id of its own there (ready, stopped, failed,
 * crashed…) is told whatever its severity.
 */
export function scmHost({ conversation, clock, sink, patience = null }: ScmHostPorts): Host {
  const patienceIn = (state: LifecycleState): number =>
    (state === 'stopping' ? patience?.stop : patience?.start) ?? DEFAULT_PATIENCE
  let code: number | null = null
  /** The states that the Event Log was told of: each once. */
  const toldOf = new Set<'starting' | 'running'>()

  function log(entry: LogEntry): void {
    sink?.write(formatLogLine(clock.wall(), entry))
    const { event, severity, message } = entry
    if (event === undefined && severity > SEVERITY.warning) return
    const fields = entry.fields === undefined ? '' : ` ${JSON.stringify(entry.fields)}`
    const detail = `${message}${fields}`
    conversation.event({ event: event ?? eventOfLine(severity), severity, detail })
  }

  function tell(event: WindowsEventName, detail: string): void {
    conversation.event({ event, severity: WINDOWS_EVENTS[event].severity, detail })
  }

  return {
    kind: 'scm',
    delivers: new Set([
      'stop',
      'reload',
      'pause',
      'resume',
      'interrogate',
      'custom',
      'session',
      'power',
      'time-change',
    ]),
    // The SCM watches no heartbeat.
    watchdog: null,
    startArguments: conversation.startArguments,
    listen(receiver) {
      conversation.listen((raw, detail) => {
        const control: Control | null = controlOf(raw, detail)
        if (control !== null) receiver(control)
      })
    },
    accept: (controls) => conversation.accept(acceptedBits(controls), controls.has('custom')),
    report(state, asked = patienceIn(state)) {
      if (code !== null) return
      conversation.report(STATES[state], asked)
      if ((state !== 'starting' && state !== 'running') || toldOf.has(state)) return
      toldOf.add(state)
      tell(state === 'starting' ? 'started' : 'ready', '')
    },
    // The SCM shows no text.
    status() {},
    pulse() {},
    log,
    finish(exit, reason) {
      if (code !== null) return code
      code = exitCode(exit)
      const failed = !succeeded(exit)
      const detail = `${describeExit(exit)}${reason === null ? '' : `: ${reason}`}`
      if (failed) {
        log({ severity: SEVERITY.error, message: `stopped, ${detail}`, event: 'failed' })
      } else {
        if (reason !== null) log({ severity: SEVERITY.notice, message: `stopped, ${detail}` })
        tell('stopped', detail)
      }
      conversation.finish(...stoppedCodes(exit))
      return code
    },
    flush: conversation.flush,
    async close() {
      sink?.close()
      await conversation.close()
    },
  }
}

/** What a process can end with: a failure that is no code of a program is 1. */
function exitCode(exit: Exit): number {
  return exit.kind === 'code' ? exit.code : 1
}
