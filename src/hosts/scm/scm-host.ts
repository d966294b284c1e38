import { describeExit, type Exit, succeeded } from '../../model/exit.ts'
import { type LogEntry, SEVERITY } from '../../model/log-entry.ts'
import { formatLogLine } from '../../model/log-line.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { Control, Host } from '../../model/ports/host.ts'
import type { LineSink } from '../../model/ports/line-sink.ts'
import type { ScmConversation } from '../../model/ports/scm-conversation.ts'
import { acceptedBits, controlOf, STATES } from './controls.ts'

/** dwWin32ExitCode that makes dwServiceSpecificExitCode count (<winerror.h>). */
const ERROR_SERVICE_SPECIFIC_ERROR = 1066
/** A passing state that comes without a patience of its own. */
const DEFAULT_PATIENCE = 30_000

export interface ScmHostPorts {
  readonly conversation: ScmConversation
  readonly clock: Clock
  /** The service's log file; null for none. */
  readonly sink: LineSink | null
}

/**
 * The Windows Service Control Manager as a host. Entries of the log go to the sink, and from
 * `warning` upwards to the Event Log as well.
 */
export function scmHost({ conversation, clock, sink }: ScmHostPorts): Host {
  let code: number | null = null

  function log(entry: LogEntry): void {
    sink?.write(formatLogLine(clock.wall(), entry))
    if (entry.severity <= SEVERITY.warning) {
      const fields = entry.fields === undefined ? '' : ` ${JSON.stringify(entry.fields)}`
      conversation.event(entry.severity, `${entry.message}${fields}`)
    }
  }

  return {
    kind: 'scm',
    delivers: new Set(['stop', 'reload', 'pause', 'resume', 'interrogate', 'custom']),
    // The SCM watches no heartbeat.
    watchdog: null,
    startArguments: conversation.startArguments,
    listen(receiver) {
      conversation.listen((raw) => {
        const control: Control | null = controlOf(raw)
        if (control !== null) receiver(control)
      })
    },
    accept: (controls) => conversation.accept(acceptedBits(controls), controls.has('custom')),
    report(state, patience = DEFAULT_PATIENCE) {
      if (code === null) conversation.report(STATES[state], patience)
    },
    // The SCM shows no text.
    status() {},
    pulse() {},
    log,
    finish(exit, reason) {
      if (code !== null) return code
      code = exitCode(exit)
      const failed = !succeeded(exit)
      if (failed || reason !== null) {
        const severity = failed ? SEVERITY.error : SEVERITY.notice
        log({
          severity,
          message: `stopped, ${describeExit(exit)}${reason === null ? '' : `: ${reason}`}`,
        })
      }
      conversation.finish(failed ? ERROR_SERVICE_SPECIFIC_ERROR : 0, failed ? code : 0)
      return code
    },
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
