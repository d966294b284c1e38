import { isSteadError } from '../errors.ts'
import { type LogEntry, SEVERITY, type Severity } from '../model/log-entry.ts'

type Fields = Readonly<Record<string, unknown>>
type Write = (message: string | Error, fields?: Fields) => void

/** An error can be its own cause. */
const MOST_CAUSES = 8

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
        ...(fields === undefined ? {} : { fields: printable(fields) }),
      })
  const entries = Object.entries(SEVERITY).map(([name, severity]) => [name, writer(severity)])
  return Object.freeze(Object.fromEntries(entries)) as Logger
}

/** The fields, or where they cannot be JSON (a bigint, a circle) those values as text. */
function printable(fields: Fields): Fields {
  try {
    JSON.stringify(fields)
    return fields
  } catch {
    return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, inspect(value)]))
  }
}

/** An error for a log: its stack, and those of its causes. Anything else that was thrown, as text. */
export function describeError(error: unknown, depth = 0): string {
  // It is about a file, whose places it tells; where in the program that was found says nothing.
  if (isSteadError(error, 'CONFIG_INVALID')) return error.message
  if (isSteadError(error, 'SIGNATURE_REFUSED')) return `${error.message}; ${error.hint}`
  if (!(error instanceof Error))
    return typeof error === 'string' ? error : `thrown: ${inspect(error)}`
  const own = error.stack ?? `${error.name}: ${error.message}`
  if (error.cause === undefined || depth === MOST_CAUSES) return own
  return `${own}\ncaused by ${describeError(error.cause, depth + 1)}`
}

/** An error in one line: for a status or a manager's reason. */
export function errorLine(error: unknown): string {
  const own = isSteadError(error) ? error.message : null
  const text = own ?? (error instanceof Error ? `${error.name}: ${error.message}` : inspect(error))
  return text.split('\n')[0]?.slice(0, 300) ?? ''
}

function inspect(value: unknown): string {
  try {
    return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  } catch {
    return Object.prototype.toString.call(value)
  }
}
