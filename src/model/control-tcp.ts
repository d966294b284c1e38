/** The control API over TCP: only where it is asked for. */
export interface ControlTcpSpec {
  /** An IP address of this machine. */
  readonly host: string
  readonly port: number
  /** Names by which it may be asked for, beside addresses and localhost; in lower case. */
  readonly names: readonly string[]
  /** Null for none, which only a loopback address may do without. */
  readonly tls: ControlTls | null
  readonly tokens: readonly ControlToken[]
}

/** Absolute paths of PEM files. */
export interface ControlTls {
  readonly cert: string
  readonly key: string
  /** Who signs the certificates of clients; null where they show tokens alone. */
  readonly clientCa: string | null
}

export interface ControlToken {
  readonly name: string
  /** Absolute; nobody but its owner may read or write it. */
  readonly file: string
}

/** How rules name those who come over TCP. */
export function tokenIdentity(name: string): string {
  return `token ${name}`
}

export function certificateIdentity(name: string): string {
  return `certificate ${name}`
}
