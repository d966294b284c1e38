/**
 * The configuration of other supervisors as it lies on disk. Bounded: the size of one file, their number
 * and what they have together; only regular files are read.
 */
export interface ForeignFiles {
  /**
   * The text: UTF-16 where a byte order mark says so, else UTF-8, with U+FFFD where it is neither; null where there is no such file.
   *
   * @param within a directory out of which no link may lead
   * @throws FILE_UNREADABLE
   */
  readText(path: string, within?: string): string | null
  /** Names in a directory, sorted; null where it is none. */
  names(path: string): readonly string[] | null
  /** May it be executed? */
  canExecute(path: string): boolean
}
