/** What a signature says of what it was verified for: kept, so that an older one is known when it comes again. */
export interface Accepted {
  readonly sequence: number
  /** SHA-256 of all that was signed. */
  readonly digest: string
}
