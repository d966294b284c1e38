export interface FilePiece {
  /** Of the whole file, in bytes. */
  readonly size: number
  /** A character that is cut in two at one of the ends becomes U+FFFD. */
  readonly text: string
}

export interface FileRange {
  readonly offset: number
  readonly length: number
}

/**
 * Reads bytes of a file that somebody else may write, truncate and remove meanwhile.
 *
 * @param range which of them, given how large the file is
 * @returns null where there is no such file
 */
export type ReadFilePiece = (
  path: string,
  range: (size: number) => FileRange,
) => Promise<FilePiece | null>
