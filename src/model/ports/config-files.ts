/** Files of configuration as they lie on disk: small, regular, and text. */
export interface ConfigFiles {
  /**
   * What is in a file; `missing` where there is none, and otherwise in words why it cannot be had: a
   * directory, a link to nothing, no right, too long, no text.
   *
   * @param path absolute
   */
  read(path: string): { readonly text: string } | ConfigFileProblem
  /** Names in a directory, sorted; none where it cannot be read. */
  names(directory: string): readonly string[]
}

export interface ConfigFileProblem {
  readonly problem: string
  readonly missing: boolean
  /** What the operating system said, for those who ask for causes. */
  readonly cause?: unknown
}

/** For those who look at one text alone. */
export const noConfigFiles: ConfigFiles = {
  read: () => ({ problem: 'other files are not read here', missing: true }),
  names: () => [],
}
