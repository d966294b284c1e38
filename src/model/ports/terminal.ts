/** Where a program writes for people. */
export interface Terminal {
  /** One line, written before the call returns wherever the system allows it. */
  line(text: string): void
  /** True where colours are shown and wanted. */
  readonly colour: boolean
}
