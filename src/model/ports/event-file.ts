/**
 * The file that keeps events, as lines, and the one before it. Calls are synchronous: an event is
 * with the system before anybody is told of it.
 */
export interface EventFile {
  /**
   * Appends to the present file.
   *
   * @throws what the system says: disk full, and the like. Nothing of the text is left then.
   */
  append(text: string): void
  /** Bytes of a file; 0 where it is not there. */
  size(part: EventPart): number
  /** At most `length` bytes from `offset` on; fewer at the end. */
  read(part: EventPart, offset: number, length: number): Buffer
  /** The present file becomes the one before, which is removed, and a new one is begun. */
  rotate(): void
  /** Keeps a number where a full disk does not matter, for `marked` of a later process. */
  mark(number: number): void
  /** The number kept; 0 for none. */
  marked(): number
  close(): void
}

export type EventPart = 'before' | 'present'
