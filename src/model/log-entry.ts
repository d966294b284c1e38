import type { WindowsEventName } from './windows-events.ts'

/** Severity as in RFC 5424 section 6.2.1: 0 emergency … 7 debug. */
export const SEVERITY = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
} as const

export type Severity = (typeof SEVERITY)[keyof typeof SEVERITY]

export interface LogEntry {
  readonly severity: Severity
  readonly message: string
  /** Named values beside the text; printed as JSON. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** What happened, where it is of those that have an id of their own in the Windows Event Log. */
  readonly event?: WindowsEventName
}

/** A line of a service's log as a manager kept it. */
export interface LogLine {
  readonly at: Date | null
  readonly service: string
  readonly severity: Severity | null
  readonly pid: number | null
  readonly text: string
}
