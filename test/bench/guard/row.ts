import type { Peer } from './peer.ts'
import type { Figure, Samples } from './table.ts'
import type { Workspace } from './workspace.ts'

export interface RowContext {
  readonly work: Workspace
  /** Fewer programs, less time: to see that it works. */
  readonly quick: boolean
  /** How often programs crash in the row of memory. */
  readonly restarts: number
}

/** One table of the benchmark. */
export interface Row {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly rounds: number
  /** Milliseconds after which a peer takes part in no further round. */
  readonly patience: number
  readonly figures: readonly Figure[]
  /** Why a peer has no part in this row unless it is asked for by name, or null. */
  leavesOut(peer: Peer): string | null
  /** A peer that is asked for by name takes part all the same. */
  readonly namedTakePart?: boolean
  /** One round of one peer. @throws where a program did not start: nothing was measured then */
  run(peer: Peer, context: RowContext): Promise<Samples>
}

export const everybody = (): null => null
