/** Something that is laid out for a packaging tool; paths are relative to the directory it works in. */
export type LaidOut =
  | {
      readonly kind: 'text'
      readonly path: string
      readonly text: string | Uint8Array
      readonly mode: number
    }
  /** A copy of the file `source`, an absolute path. */
  | {
      readonly kind: 'copy'
      readonly path: string
      readonly source: string
      readonly mode: number
      /** A text in UTF-8 gets the mark in front by which tools of Windows know it. */
      readonly byteOrderMark?: boolean
    }
  /** A symbolic link with exactly this text. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** Only one whose mode matters or that stays empty: others are made with what is in them. */
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }

/** What a file came out as, once it is laid out. */
export interface LaidOutFact {
  readonly path: string
  readonly size: number
  /** In hexadecimal digits; Debian's packages list it (deb(5)). */
  readonly md5: string
}

export interface ToolCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** How an artefact of one format is made by a tool: pure, carried out by `platform/pack/`. */
export interface FormatPlan {
  readonly entries: readonly LaidOut[]
  /** What can be written only once sizes and sums of the other files are known. */
  readonly afterwards?: (facts: readonly LaidOutFact[]) => readonly LaidOut[]
  /** What lies inside of the artefact and has to be signed before the tools make it; left out where nothing is signed. */
  readonly signedFirst?: {
    readonly commands: (directory: string) => readonly ToolCommand[]
    /** Where the last of them leaves it, relative to the directory. */
    readonly result: string
  }
  /** The tools in their order, started without a shell; `directory` has what was laid out. */
  readonly commands: (directory: string) => readonly ToolCommand[]
  /** Where the last tool leaves what it made, relative to the directory. */
  readonly result: string
  /** Makes the artefact of what the last tool made, where that is not it yet. */
  readonly finish?: (bytes: Uint8Array) => Uint8Array
  /** The file name of the artefact. */
  readonly name: string
}
