/**
 * The files of an audit log: the present one, and those before it. Calls are synchronous: an entry is
 * with the system before what it tells of begins.
 */
export interface AuditFiles {
  /**
   * Appends to the present file.
   *
   * @throws what the system says: disk full, and the like. Nothing of the text is left then.
   */
  append(text: string): void
  /** Bytes of the present file. */
  size(): number
  /** Cuts the present file to so many bytes: what a crash left of a line. */
  cut(size: number): void
  /** The present file becomes the newest of those before; the oldest beyond the bound is removed. */
  rotate(): void
  /** The last `length` bytes at most of the newest file that is not empty, and whether it is the present one. */
  tail(length: number): { readonly text: string; readonly present: boolean }
  /** The first bytes of the oldest file. */
  begin(): string
  /** Keeps a short text where a full disk does not matter, for `marked` of a later process. */
  mark(text: string): void
  /** The text kept; empty for none. */
  marked(): string
  close(): void
}

/** What reads them, also while a guard writes. */
export interface AuditReader {
  /** Names of the files that are there, oldest first; the last is the present one. */
  names(): readonly string[]
  /** The whole text of a file; empty when it has gone meanwhile. */
  read(name: string): Promise<string>
  /** As `AuditFiles` keeps it. */
  marked(): string
}

/** Who is behind numbers, at that moment. */
export interface WhoIs {
  userName(uid: number): string | null
  /** The program of a process, and its script where it is an interpreter; no other argument, which may be secret. */
  commandOf(pid: number): string | null
}
