/** Where the program of an instance is kept, for a service that asks for a control group of its own. */
export interface CgroupFact {
  /** The directory of its group (cgroups(7), version 2); null where it has none. */
  readonly path: string | null
  /** What the kernel itself limits and measures in it, such as `memory`. */
  readonly controllers: readonly string[]
  /** Why it has none, or why its memory is only measured; null where everything is as it was asked for. */
  readonly reason: string | null
}
