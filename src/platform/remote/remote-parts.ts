import type { Clock } from '../../model/ports/clock.ts'

/** What every kind of remote source needs of this machine. */
export interface RemoteParts {
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  /** Where secrets may be. */
  readonly variables: Readonly<Record<string, string | undefined>>
}
