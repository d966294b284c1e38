import type { Caller } from './guard-api.ts'

/** A request that arrived whole, from somebody who may ask. */
export interface ControlRequest {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Empty for none. */
  readonly body: string
  readonly caller: Caller
  /** Aborted as soon as nobody waits for the answer any more. */
  gone(): AbortSignal
}

/** `parts` are asked for as fast as the client reads, and no faster. */
export type ControlAnswer =
  | {
      readonly status: number
      readonly type: string
      readonly body: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly status: number; readonly type: string; readonly parts: AsyncIterable<string> }

/** Never throws and never rejects: what goes wrong is an answer. */
export type ControlHandler = (request: ControlRequest) => ControlAnswer | Promise<ControlAnswer>

export interface ControlResponse {
  readonly status: number
  readonly body: string
}

/** The way to a guard, of its client. */
export interface ControlConnection {
  /**
   * @param deadline milliseconds for the whole answer; null for none
   * @throws GUARD_UNREACHABLE where nobody answers, or the connection breaks
   */
  request(
    method: 'GET' | 'POST',
    target: string,
    body: string | null,
    deadline: number | null,
  ): Promise<ControlResponse>
  /**
   * An answer that goes on, in pieces as they come. `body` is the whole of an answer that is not 200.
   *
   * @throws GUARD_UNREACHABLE as `request`, and from the iteration when the connection breaks in it
   */
  stream(
    target: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<ControlResponse & { readonly parts: AsyncIterable<string> }>
  close(): void
}
