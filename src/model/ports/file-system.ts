export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other'
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly size: number
}

/** The files that stead itself writes and the paths that users name. Text is UTF-8. */
export interface FileSystem {
  /** The text, or null where there is no such file. */
  readText(path: string): Promise<string | null>
  /** Replaces the file in one step (temporary file, fsync, rename); created with its final mode. */
  writeAtomic(path: string, text: string, mode: number): Promise<void>
  /** Creates the file; false, and nothing is changed, where it exists (O_EXCL). */
  createExclusive(path: string, text: string, mode: number): Promise<boolean>
  /** Removes a file; false where there was none. */
  remove(path: string): Promise<boolean>
  /** Creates a directory and what is missing above it. */
  makeDirectory(path: string, mode: number): Promise<void>
  /** Follows links; null where there is nothing. */
  facts(path: string): Promise<FileFacts | null>
  /** Names in a directory, sorted; empty where there is none. */
  names(path: string): Promise<readonly string[]>
  /** May the calling user execute it? access(2) with X_OK; on Windows: is there such a file. */
  canExecute(path: string): Promise<boolean>
}
