export interface Usage {
  /** Resident bytes, what several processes share counting for each; in a control group with a memory controller what the kernel charges it for, without page cache that it can give back. On Windows what is committed for them, which is what a job is held to. */
  readonly memory: number
  /** Windows has refused it memory at the limit of its job, in this life and since that limit was set. */
  readonly refused?: boolean
  /** Milliseconds of processor time, of the children that have ended too. */
  readonly cpu: number
}

export interface Extent {
  readonly processes: number
  /** Open descriptors of all of them; null where one may not be looked at. */
  readonly descriptors: number | null
}

/** What processes use with all that descend from them. */
export interface TreeUsage {
  /** In one look at the machine; a root that is gone is not in the answer. */
  sample(roots: readonly number[]): Promise<ReadonlyMap<number, Usage>>
  /** How many processes there are, and what they have open: a look into each of them. */
  extents(roots: readonly number[]): Promise<ReadonlyMap<number, Extent>>
}
