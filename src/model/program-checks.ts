/** How a guard learns how a program is. Milliseconds. */

export type ProbeTarget =
  /** GET; 200 to 399 is success. `http://unix:/path.sock:/healthz` asks a unix socket. */
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** Exit code 0 is success. Runs as the program's user, in its directory, with its environment. */
  | { readonly kind: 'exec'; readonly command: readonly [string, ...string[]] }

export interface ProbeTiming {
  readonly every: number
  readonly timeout: number
}

/** How the guard learns that a program is ready; null in a spec: as soon as it runs. */
export type ReadinessCheck =
  | (ProbeTarget & ProbeTiming)
  /** A line of its output that matches; the text is a JavaScript regular expression. */
  | { readonly kind: 'log'; readonly pattern: string }
  /** READY=1 on the socket that NOTIFY_SOCKET names: sd_notify(3). */
  | { readonly kind: 'notify' }
  /** A line break written to this descriptor, as s6 has it. */
  | { readonly kind: 'descriptor'; readonly fd: number }

export type HealthCheck = ProbeTarget &
  ProbeTiming & {
    /** So many in a row make it unhealthy, and it is restarted. */
    readonly failures: number
    /** After the start, failures do not count for so long. */
    readonly startPeriod: number
  }

export interface HeartbeatPolicy {
  readonly every: number
  /** So many missed in a row lead to recovery. */
  readonly misses: number
  /** Where each beat is forwarded as `POST {"service": …, "ts": …}`; null for nowhere. */
  readonly forward: string | null
}
