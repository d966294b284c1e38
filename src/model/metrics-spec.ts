/** Where metrics are told over TCP, to whoever asks there. */
export interface MetricsSpec {
  /** An IP address of this machine. */
  readonly host: string
  readonly port: number
  /** Absolute; null for no token, which only a loopback address may do without. */
  readonly tokenFile: string | null
}

/** 127.0.0.0/8 (RFC 1122, 3.2.1.3) and ::1 (RFC 4291, 2.5.3). */
export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || /^(0*:)*:?0*1$/.test(address)
}

export function sameMetrics(a: MetricsSpec | null, b: MetricsSpec | null): boolean {
  return a?.host === b?.host && a?.port === b?.port && a?.tokenFile === b?.tokenFile
}
