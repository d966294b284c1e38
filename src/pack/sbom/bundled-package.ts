/** A package whose code, or whose whole program, is in an executable. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As npm has it: an SPDX expression; null where it says nothing. */
  readonly license: string | null
  /** The text of its licence file; null where there is none. */
  readonly licenseText: string | null
  /** The whole package by its hash (`sha512-…`), where that is known. */
  readonly integrity: string | null
}

/** By name and version, each once. */
export function distinct(packages: readonly BundledPackage[]): readonly BundledPackage[] {
  const found = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]))
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}
