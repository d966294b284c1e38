export interface ProbeOutcome {
  readonly ok: boolean
  /** Milliseconds. */
  readonly took: number
  /** What was found, for people: `200 OK`, `ECONNREFUSED`, `exit code 1: the last line it wrote`. */
  readonly detail: string
}

export interface ProbeOptions {
  /** Milliseconds for everything, from the look-up of the name to the answer. */
  readonly timeout: number
  /** Ends it; the outcome is then of no interest. */
  readonly signal: AbortSignal
}

export interface ExecProbeOptions extends ProbeOptions {
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  /** Null for whoever runs the guard. */
  readonly user: string | null
  /** Null for the user's own. */
  readonly group: string | null
  /** Null for those of the user in the system's group database. */
  readonly supplementaryGroups: readonly string[] | null
}

/** Asks from outside how a program is, or whether what it needs is there. None of them rejects: whatever goes wrong is an outcome. */
export interface Probes {
  /**
   * GET on a new connection; 200 to 399 is good, and no redirection is followed. Of
   * `http://unix:/path.sock:/healthz` the part up to the second colon is a unix socket.
   */
  http(url: string, options: ProbeOptions): Promise<ProbeOutcome>
  /** Good where a connection is accepted. */
  tcp(host: string, port: number, options: ProbeOptions): Promise<ProbeOutcome>
  /** Good where something has that path, whatever it is; symbolic links are followed. */
  file(path: string, options: ProbeOptions): Promise<ProbeOutcome>
  /** Good where the name has an address, as programs of this machine look it up: getaddrinfo(3). */
  dns(name: string, options: ProbeOptions): Promise<ProbeOutcome>
  /** Exit code 0 is good. Its process group is killed when its time is over. */
  exec(command: readonly [string, ...string[]], options: ExecProbeOptions): Promise<ProbeOutcome>
}
