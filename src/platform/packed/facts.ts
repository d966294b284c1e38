import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PackTarget } from '../../model/pack-spec.ts'

/** What an executable of `stead pack` knows of itself; the bundler writes it into its code. */
export interface PackedFacts {
  /** Of the product: names its directory for addons. */
  readonly name: string
  readonly version: string
  readonly target: PackTarget
  /** Whose updates it takes: public keys of Ed25519 as PEM; null where it takes none. */
  readonly updateKeys: string | null
  /** Version of the stead that is inside. */
  readonly stead: string
  /** False where the program is a command and no service of its own. */
  readonly service: boolean
  /** Its configuration file, relative to the executable, with `/`; null for none. */
  readonly config: string | null
  /** SHA-256 of each native addon inside, in hexadecimal digits, by the name of its asset. */
  readonly addons: Readonly<Record<string, string>>
}

/** Threads that are a file of their own where nothing is packed, and an asset where it is. */
export const PACKED_THREADS = [
  'win32/service-dispatcher-worker',
  'output/output-worker',
  'sinks/sink-worker',
] as const

export type PackedThread = (typeof PACKED_THREADS)[number]

/** The asset with the code of a thread. */
export function threadAsset(thread: PackedThread): string {
  return `threads/${thread}.js`
}

/** Null in a checkout and in the published package. */
export function packed(): PackedFacts | null {
  // The bundler puts the facts in place of this very expression.
  return (globalThis as { STEAD_PACKED?: PackedFacts }).STEAD_PACKED ?? null
}

/**
 * The configuration file that was packed with this executable: beside it on every system, by a link where
 * packages keep configuration in /etc. Null where there is none, and where nothing is packed. Node knows its
 * executable by the name it was called by where there is no /proc, and on Windows.
 */
export function packedConfigFile(): string | null {
  const config = packed()?.config ?? null
  return config === null ? null : join(dirname(realpathSync(process.execPath)), config)
}
