/** What installed programs read to renew themselves, and the signature by which they trust it. */
import { stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SteadError } from '../errors.ts'
import type { PackSpec } from '../model/pack-spec.ts'
import type { Artefact, StagedProduct } from '../model/staged-product.ts'
import {
  type PublishedArchive,
  updateManifest,
  updateManifestName,
} from '../pack/update-manifest.ts'
import { sha256Of } from '../platform/pack/stage.ts'
import { signFiles } from '../secrets/signature.ts'
import type { SigningKey } from '../secrets/signing-key.ts'
import { signatureOf } from './compose-signature.ts'
import { privateKey, trustedKeys } from './signing-keys.ts'

/** What of an artefact stands in the manifest of updates; null for what programs do not update by. */
export async function publishedOf(
  { spec, target, ...product }: StagedProduct,
  { path, format }: Artefact,
): Promise<PublishedArchive | null> {
  if (format !== 'tar.gz' || spec.update === null) return null
  const sizes = await Promise.all(
    product.files.map(async ({ source }) => (await stat(source)).size),
  )
  return {
    product: { spec, target, ...product },
    name: basename(path),
    size: (await stat(path)).size,
    sha256: await sha256Of(path),
    unpacked: sizes.reduce((sum, size) => sum + size, 0),
  }
}

/**
 * The key that signs what is published; null where this machine has none. Looked for before anything is
 * made: it has to be there, and one that installed programs trust.
 *
 * @throws KEY_UNUSABLE
 */
export function updateKey({ update }: PackSpec): SigningKey | null {
  if (update === null) return null
  const trusted = trustedKeys(update.publicKey)
  if (update.privateKey === null) return null
  const key = privateKey(update.privateKey)
  if (trusted.has(key.id)) return key
  const reason = `${update.privateKey} is not the private half of a key in ${update.publicKey}`
  throw new SteadError('KEY_UNUSABLE', { reason })
}

/**
 * Writes `NAME_update.json` into `room`, and its signature where there is a key.
 *
 * @param epoch the sequence of the signature: two builds of the same sources are the same
 * @returns absolute paths; none where there is nothing that programs update by
 */
export async function writeUpdate(
  room: string,
  archives: readonly PublishedArchive[],
  key: SigningKey | null,
  epoch: number,
): Promise<readonly string[]> {
  const [first] = archives
  if (first === undefined) return []
  const file = updateManifestName(first.product.spec.name)
  const path = join(room, file)
  const text = updateManifest(archives)
  await writeFile(path, text, { flag: 'wx' })
  return [path, ...(await writeSignature(path, text, key, epoch))]
}

/** The signature of a text beside it; nothing where there is no key. @returns absolute paths */
export async function writeSignature(
  path: string,
  text: string,
  key: SigningKey | null,
  epoch: number,
): Promise<readonly string[]> {
  if (key === null) return []
  const files = [{ name: basename(path), bytes: Buffer.from(text) }]
  await writeFile(signatureOf(path), signFiles({ files, key, sequence: epoch }), { flag: 'wx' })
  return [signatureOf(path)]
}
