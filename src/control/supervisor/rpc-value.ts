/** What a call brings: `base64` and `dateTime.iso8601` come as texts, numbers of all kinds as numbers. */
export type RpcValue =
  | number
  | boolean
  | string
  | readonly RpcValue[]
  /** A struct; a map, so that no name of a member means anything to JavaScript. */
  | ReadonlyMap<string, RpcValue>

/** What an answer is made of. */
export type RpcResult =
  | number
  | boolean
  | string
  | readonly RpcResult[]
  | { readonly [member: string]: RpcResult }

export interface RpcCall {
  readonly method: string
  readonly params: readonly RpcValue[]
}
