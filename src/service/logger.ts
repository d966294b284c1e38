import { isSteadError } from '../errors.ts'
import { type LogEntry, SEVERITY, type Severity } from '../model/log-entry.ts'

type Fields = Readonly<Record<string, unknown>>
type Write = (message: string | Error, fields?: Fields) => void

/** One function a severity, as in RFC 5424. An Error is written with its stack and its causes. */
export type Logger = Readonly<Record<keyof typeof SEVERITY, Write>>

/** A logger that hands every entry to `sink`, which must not throw. */
export function makeLogger(sink: (entry: LogEntry) => void): Logger {
  const writer =
    (severity: Severity): Write =>
    (message, fields) =>
      sink({
        severity,
        message: message instanceof Error ? describeError(message) : String(message),
        ...(fields === undefined ? {} : { fields }),
      })
  const entries = Object.entries(SEVERITY).map(([name, severity]) => [name, writer(severity)])
  return Object.freeze(Object.fromEntries(entries)) as Logger
}

/** An error for a log: its stack, and those of its causes. Anything else that was thrown, as text. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error))
    return typeof error === 'string' ? error : `thrown: ${inspect(error)}`
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`
}

/** An error in one line: for a status or a manager's reason. */
export function errorLine(error: unknown): string {
  const own = isSteadError(error) ? error.message : null
  const text = own ?? (error instanceof Error ? `${error.name}: ${error.message}` : inspect(error))
  return text.split('\n')[0]?.slice(0, 300) ?? ''
}

function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
