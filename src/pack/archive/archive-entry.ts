/** A file in an archive. */
export interface ArchiveEntry {
  /** Relative, with `/`. */
  readonly path: string
  readonly mode: number
  readonly content: Uint8Array
}

/** Archives list their files in one order, whatever order they came in. */
export function inOrder(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
}
