/** What `stead pack` makes for: an operating system and a kind of processor, as in archive names. */
export const PACK_TARGETS = [
  'linux-x64',
  'linux-arm64',
  'win-x64',
  'darwin-x64',
  'darwin-arm64',
] as const

export type PackTarget = (typeof PACK_TARGETS)[number]

export function isForMac(target: PackTarget): boolean {
  return target === 'darwin-x64' || target === 'darwin-arm64'
}

/** What a packed program is put into; each for the targets that its {@link FormatBuilder} names. */
export const PACK_FORMATS = ['zip', 'tar.gz', 'nsis', 'msi', 'deb', 'rpm'] as const

export type PackFormat = (typeof PACK_FORMATS)[number]

/** A pack file with every setting filled in: paths are absolute, names are checked. */
export interface PackSpec {
  /** The module that calls `run()`; absolute. */
  readonly entry: string
  /** The service's name, `[a-z0-9-]`; the executable is `NAME` or `NAME.exe`. */
  readonly name: string
  /** For people: the name in the list of services, and the folder below Program Files. */
  readonly displayName: string
  readonly description: string
  /** A semantic version. */
  readonly version: string
  /** Who stands in Add/Remove Programs, as maintainer of packages, in the version info. */
  readonly publisher: string
  readonly homepage: string | null
  /** Absolute path of an .ico. */
  readonly icon: string | null
  /** Absolute path of the licence's text. */
  readonly license: string | null
  readonly targets: readonly PackTarget[]
  readonly formats: readonly PackFormat[]
  /** Template of an artefact's name without its ending; every target has one of its own. */
  readonly archiveName: string
  /** Further files beside the executable. */
  readonly files: readonly PackFile[]
  /** What the installers register; null for a program that is no service. */
  readonly service: PackService | null
  readonly hooks: { readonly before: readonly PackHook[]; readonly after: readonly PackHook[] }
  readonly signing: PackSigning | null
  /** The identity by which codesign(1) signs executables for macOS; null for ad hoc, by stead. */
  readonly codesign: string | null
  readonly update: PackUpdate | null
  /** How installers are compressed: small, or soon there. */
  readonly compression: PackCompression
}

/** `best` takes minutes for each installer of a large program, `fast` seconds. */
export const PACK_COMPRESSIONS = ['best', 'fast'] as const

export type PackCompression = (typeof PACK_COMPRESSIONS)[number]

export interface PackFile {
  /** Absolute path of a file. */
  readonly from: string
  /** Relative to the executable's directory, with `/`. */
  readonly to: string
  readonly mode: number
  /** Kept at an upgrade when somebody has changed it. */
  readonly config: boolean
}

/** A command that is run beside the pack file: words, never a line for a shell. */
export interface PackHook {
  readonly command: readonly string[]
}

export interface PackService {
  /** Who it runs as; null for what the system takes by itself. */
  readonly account: string | null
  readonly start: 'auto' | 'demand'
  /** Whether installing enables and starts it. */
  readonly enable: boolean
  /** Words behind the executable in the command of the service. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Its configuration file, as it lies beside the executable: the `to` of one of the files; null for none. */
  readonly config: string | null
}

/** Whose updates the program takes. */
export interface PackUpdate {
  /** Absolute path of public keys of Ed25519, as PEM. */
  readonly publicKey: string
  /** Absolute path of the private key that signs what is published; null where others do that. */
  readonly privateKey: string | null
}

/** How artefacts are signed. No secret is in it: a password is in a variable, or comes by standard input. */
export interface PackSigning {
  /** Absolute path of a PFX (PKCS#12), or a PKCS#11 URI. */
  readonly certificate: string
  /** Absolute path of certificates up to the root, as PEM, that are not in the PFX or on the token. */
  readonly chain: string | null
  /** Name of the variable that has the password; null where it comes by standard input or there is none. */
  readonly passwordEnv: string | null
  /** URL of an RFC 3161 time stamp authority; null for no time stamp. */
  readonly timestamp: string | null
  /** Absolute path of the roots of that authority, as PEM; null where the system knows them. */
  readonly timestampRoots: string | null
}
