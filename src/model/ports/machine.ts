/** Facts about processes, asked by number. */
export interface Processes {
  /** The calling process. */
  readonly self: number
  /**
   * An opaque mark of the process's birth: two different lives of one pid have different marks.
   * Null where there is no such process.
   */
  birth(pid: number): Promise<string | null>
  /** Resident bytes; null where there is no such process or the system does not tell. */
  memory(pid: number): Promise<number | null>
}

/** Where the system dates the birth of a process. */
export interface DatedProcesses extends Processes {
  /** Null where there is no such process, or where the caller may not look. */
  startedAt(pid: number): Promise<Date | null>
}

/** Users, groups and rights of this machine. */
export interface Accounts {
  userExists(name: string): Promise<boolean>
  groupExists(name: string): Promise<boolean>
  /** How one makes an account of this name; left out where useradd(8) does. */
  howToMake?(name: string): string
  /** Effective root on POSIX, an elevated administrator on Windows. */
  isPrivileged(): boolean
  /** The calling user's name and numeric id; the id is null on Windows. */
  self(): { readonly name: string; readonly uid: number | null; readonly home: string }
}
