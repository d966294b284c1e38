import type { SocketSpec } from '../socket-spec.ts'

/** A socket that is open, and what the program calls it. */
export interface OpenSocket {
  readonly name: string
  readonly fd: number
}

/** The sockets that the guard holds for its programs, by service. All instances share them. */
export interface ListenSockets {
  /**
   * Those of a service, opened where they are not: what differs from before is opened anew, and what
   * is no longer asked for is closed.
   *
   * @throws an Error with `code` (`EADDRINUSE`, `EACCES`, …) that names the address
   */
  open(service: string, sockets: readonly SocketSpec[]): readonly OpenSocket[]
  /** Takes copies of those that a process of an earlier guard holds, so that nothing that waits is lost. */
  take(service: string, sockets: readonly SocketSpec[], pid: number): void
  /** Nobody is to be served any more. */
  close(service: string): void
}
