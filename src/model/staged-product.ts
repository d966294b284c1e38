import type { PackFormat, PackSpec, PackTarget } from './pack-spec.ts'

/** A file of a product, beside the executable or the executable itself. */
export interface StagedFile {
  /** Relative to the product's directory, with `/`. */
  readonly path: string
  /** Where its bytes are now; absolute. */
  readonly source: string
  readonly mode: number
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string
  /** Kept at an upgrade when somebody has changed it. */
  readonly config: boolean
  /** `1.2.3.4`, as it stands in a file of Windows (VS_FIXEDFILEINFO); null for a file that has none. */
  readonly version: string | null
}

/** What is put into archives and installers: made once for a target, the same for every format. */
export interface StagedProduct {
  readonly spec: PackSpec
  readonly target: PackTarget
  /** Path of the executable among the files. */
  readonly executable: string
  /** In the order of their paths. */
  readonly files: readonly StagedFile[]
  /** What a Windows executable unpacks beside itself at its first start where it is not there: `addons/HASH.node`. */
  readonly addons: readonly StagedFile[]
  /** The time that stands in archives, in seconds since 1970: SOURCE_DATE_EPOCH. */
  readonly epoch: number
}

/** A finished file that is given to users. */
export interface Artefact {
  /** Absolute. */
  readonly path: string
  readonly format: PackFormat
  readonly target: PackTarget
}

/** A program that a format needs on the machine that packs. */
export interface PackTool {
  /** As it is called: `makensis`. */
  readonly executable: string
  /** The Debian package that has it. */
  readonly debianPackage: string
}

/** Makes artefacts of one format. */
export interface FormatBuilder {
  readonly format: PackFormat
  /** Targets that can have this format. */
  readonly targets: readonly PackTarget[]
  readonly tools: readonly PackTool[]
  /**
   * @param out a directory that is there and empty
   * @param sign signs a file in its place, which is inside of the artefact; left out where nothing is signed
   * @throws PACK_TOOL_FAILED with what the tool said
   */
  build(
    product: StagedProduct,
    out: string,
    sign?: (file: string) => Promise<void>,
  ): Promise<Artefact>
}
