import type { PackTarget } from './pack-spec.ts'

/** What of a version is for one kind of machine: a tar.gz, as `stead pack` makes it. */
export interface UpdateArchive {
  /** Name of the archive beside the manifest; never a path or an address of its own. */
  readonly archive: string
  /** Bytes of the archive. */
  readonly size: number
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string
  /** Bytes of all its files together, unpacked. */
  readonly unpacked: number
  /** Path of the executable in the archive, with `/`. */
  readonly executable: string
  /** Paths of files that users change: theirs go on in the new version. */
  readonly config: readonly string[]
}

/**
 * The file that a published version is found by, `NAME_update.json`; a detached signature lies beside
 * it (`.sig`). It has no address in it: archives lie where it does.
 */
export interface UpdateManifest {
  readonly format: 1
  readonly name: string
  /** A semantic version. */
  readonly version: string
  readonly targets: Readonly<Partial<Record<PackTarget, UpdateArchive>>>
}
