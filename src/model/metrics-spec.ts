/** Where metrics are told over TCP, to whoever asks there. */
export interface MetricsSpec {
  /** An IP address of this machine. */
  readonly host: string
  readonly port: number
  /** Absolute; null for no token, which only a loopback address may do without. */
  readonly tokenFile: string | null
}

export function sameMetrics(a: MetricsSpec | null, b: MetricsSpec | null): boolean {
  return a?.host === b?.host && a?.port === b?.port && a?.tokenFile === b?.tokenFile
}
