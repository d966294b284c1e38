import type { LogEntry, LogLine, Severity } from './log-entry.ts'

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) <([0-7])> (.*)$/s

/**
 * One line of a log file of ours: `2026-11-21T05:10:00.123Z <6> message {"key":"value"}`.
 * Line breaks inside the message become a visible `\n`, so that an entry is always one line.
 */
export function formatLogLine(at: Date, entry: LogEntry): string {
  const fields = entry.fields === undefined ? '' : ` ${JSON.stringify(entry.fields)}`
  const text = `${entry.message}${fields}`.replaceAll('\r', '').replaceAll('\n', '\\n')
  return `${at.toISOString()} <${entry.severity}> ${text}`
}

/**
 * Reads a line of a log file: one of ours, stamped or JSON, with its time and severity; any other as
 * plain text.
 */
export function parseLogLine(service: string, line: string): LogLine {
  const match = STAMPED.exec(line)
  if (match === null) return parseJsonLine(line) ?? plainLine(service, line)
  return {
    at: new Date(match[1] as string),
    service,
    severity: Number(match[2]) as Severity,
    pid: null,
    text: match[3] as string,
  }
}

/** Null for what is not a line of ours, JSON that a program wrote itself among it. */
function parseJsonLine(line: string): LogLine | null {
  if (!line.startsWith('{"at":"')) return null
  try {
    const { at, service, severity, text } = JSON.parse(line) as Record<string, unknown>
    const time = new Date(at as string)
    if (Number.isNaN(time.getTime())) return null
    if (typeof service !== 'string' || typeof text !== 'string') return null
    if (typeof severity !== 'number' || !(severity >= 0 && severity <= 7)) return null
    return { at: time, service, severity: severity as Severity, pid: null, text }
  } catch {
    return null
  }
}

function plainLine(service: string, text: string): LogLine {
  return { at: null, service, severity: null, pid: null, text }
}
