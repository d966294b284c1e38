import type { Clock } from '../../model/ports/clock.ts'

/** What every kind of remote source needs of this machine. */
export interface RemoteParts {
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  /** Where secrets may be. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /**
   * Whether what stands beside a document as its signature is one of this very text. Left out where
   * nobody asks for signatures: then nothing beside it is read.
   */
  readonly fits?: (text: string, signature: string) => boolean
}
