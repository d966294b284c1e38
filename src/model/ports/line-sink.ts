/** Where lines of a log go. It never throws: logging does not hurt the program. */
export interface LineSink {
  /** Writes one line, given without its line break, before it returns. */
  write(line: string): void
  close(): void
}
