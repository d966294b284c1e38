import { z } from 'zod'
import { PACK_TARGETS } from '../model/pack-spec.ts'
import { isFileName, isPathInside } from '../model/packed-paths.ts'
import { isSemanticVersion } from '../model/semantic-version.ts'
import type { UpdateManifest } from '../model/update-manifest.ts'

/** Two gigabytes: an executable of Node has about a hundred megabytes. */
const LARGEST = 2 * 1024 ** 3

const path = z.string().max(1_000).refine(isPathInside, 'must be a relative path without ".."')

const archive = z.strictObject({
  // It is put behind the address of the manifest: a name and nothing else.
  archive: z.string().refine(isFileName, 'must be the name of a file'),
  size: z.int().min(1).max(LARGEST),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  unpacked: z.int().min(1).max(LARGEST),
  executable: path,
  config: z.array(path).max(1_000),
})

const manifest = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().max(200).refine(isSemanticVersion, 'must be a semantic version'),
  targets: z.partialRecord(z.enum(PACK_TARGETS), archive),
})

/** @returns what is wrong with it instead, in words */
export function parseManifest(text: string): UpdateManifest | { readonly problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'its manifest is not JSON' }
  }
  const read = manifest.safeParse(value)
  if (read.success) return read.data as UpdateManifest
  const [issue] = read.error.issues
  const place = issue?.path.join('.') || 'the manifest'
  return { problem: `${place} in its manifest: ${issue?.message}` }
}
