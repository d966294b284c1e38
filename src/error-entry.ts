/** One row of the table of errors. */
export interface ErrorEntry<P> {
  /** Exit code of the command line when a command ends with this error. */
  readonly exit: number
  /** One sentence for the reference: when this happens. */
  readonly about: string
  readonly message: (params: P) => string
  /** What to do next; names a command wherever one helps. */
  readonly hint: (params: P) => string
}

export function entry<P>(definition: ErrorEntry<P>): ErrorEntry<P> {
  return definition
}

/** A name or value for a message: control characters made visible, cut at 80 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text)
}
