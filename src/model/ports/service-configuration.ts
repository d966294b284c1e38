/** A service's own configuration: all its layers, merged and checked by its schema. */
export interface ServiceConfiguration {
  /**
   * Reads everything afresh.
   *
   * @returns what the schema makes of it
   * @throws CONFIG_INVALID with every problem; and what the schema itself throws
   */
  load(): Promise<unknown>
  /** What the last `load` has read is what the service runs with from now on. Never rejects. */
  taken?(): Promise<void>
  /** Tells of changes of the files, and of the remote source, that the last `load` has read. @returns what ends that */
  watch(changed: () => void): () => void
  /** Is told in words what becomes of a remote source: that it is lost, is back, or is not believed. */
  onTold?(tell: (text: string, severity: 4 | 6) => void): void
}
