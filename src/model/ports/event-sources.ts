/** A source of the Windows Event Log as the registry has it. */
export interface EventSource {
  /** The log that it writes to: `Application`, `System`… */
  readonly log: string
  /** EventMessageFile, as it is written there; null for none. */
  readonly messageFile: string | null
  /** TypesSupported; null for none. */
  readonly types: number | null
}

/**
 * Sources of the Event Log of this machine, and the files with the texts of stead's own.
 *
 * Methods that change something reject with a WindowsError that has the number of the call.
 */
export interface EventSources {
  /** Where message files are: a directory that only administrators can write to, and all can read. */
  readonly directory: string
  /** A source by name, in whichever log; null for none. Names are the same whatever their case. */
  read(name: string): Promise<EventSource | null>
  /** Writes a source of the Application log; creates it where there is none. */
  write(name: string, messageFile: string, types: number): Promise<void>
  /** Removes a source of the Application log; one that is not there is no error. */
  remove(name: string): Promise<void>
  /** Whether a file of this name and content is in the directory. */
  hasFile(fileName: string, content: Uint8Array): Promise<boolean>
  /** Puts a file there, complete or not at all, over one of the same name. */
  putFile(fileName: string, content: Uint8Array): Promise<void>
  /**
   * Removes the message files of stead that no source names any more. What the Event Log still has
   * open is left for the next time.
   */
  removeUnused(): Promise<void>
}
