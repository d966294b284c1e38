/**
 * A socket that the guard opens and the program gets: it stays over restarts. The first is descriptor
 * 3 of the program, the next one 4, as sd_listen_fds(3) has it.
 */
export interface SocketSpec {
  readonly name: string
  readonly address: SocketAddress
  /** Connections that may wait; of no meaning for datagrams. */
  readonly backlog: number
}

/** Addresses are numbers; `::` is every address of both families. */
export type SocketAddress =
  | { readonly kind: 'tcp' | 'udp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'unix'
      /** Absolute. */
      readonly path: string
      readonly mode: number
      readonly owner: string | null
      readonly group: string | null
    }
