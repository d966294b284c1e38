/** A program that runs. */
export interface RunningProgram {
  readonly pid: number
  /** The name of its file: `mmc.exe`. */
  readonly name: string
}

/** What runs on this machine. */
export interface RunningPrograms {
  all(): Promise<readonly RunningProgram[]>
}
