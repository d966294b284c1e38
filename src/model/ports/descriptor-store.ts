import type { OpenSocket } from './listen-sockets.ts'

/** Open descriptors that programs leave with the guard for their next life, by instance. */
export interface DescriptorStore {
  /**
   * Takes them over; those beyond `most`, and those that are there already by that name, are closed.
   *
   * @param polls they are given up when their other side is gone
   */
  keep(
    id: string,
    descriptors: readonly number[],
    options: { readonly name: string; readonly most: number; readonly polls: boolean },
  ): void
  /** Closes those of a name, or all of the instance. */
  giveUp(id: string, name?: string): void
  /** In the order in which they came. They stay. */
  of(id: string): readonly OpenSocket[]
}
