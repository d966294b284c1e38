import { SteadError } from '../errors.ts'
import type { PackTarget } from '../model/pack-spec.ts'
import type { UpdateArchive } from '../model/update-manifest.ts'
import { versionOrder } from '../model/version-order.ts'
import { verifyFiles } from '../secrets/signature.ts'
import { parsePublicKeys } from '../secrets/signing-key.ts'
import { parseManifest } from './manifest.ts'

export interface OfferedUpdate {
  /** Where it is from, for messages. */
  readonly source: string
  /** Name of the manifest, as it was signed. */
  readonly file: string
  readonly manifest: string
  /** Null where there is no signature beside it. */
  readonly signature: string | null
}

/** What this program is, and whom it trusts. */
export interface UpdatedProduct {
  readonly name: string
  readonly version: string
  readonly target: PackTarget
  /** Public keys of Ed25519, as PEM. */
  readonly keys: string
  /** Also a version before this one: somebody has asked for it by name. */
  readonly allowOlder: boolean
}

export interface AcceptedUpdate {
  readonly version: string
  readonly archive: UpdateArchive
  /** False where this very version runs already. */
  readonly isNews: boolean
}

/**
 * Whether an update is one for this program: signed with a key that it was packed with, of its name,
 * for its system, and not older, so that nobody can give back a defect that was mended.
 *
 * @throws UPDATE_REFUSED
 */
export function acceptUpdate(offered: OfferedUpdate, product: UpdatedProduct): AcceptedUpdate {
  const refused = (reason: string): SteadError =>
    new SteadError('UPDATE_REFUSED', { source: offered.source, reason })
  const keys = parsePublicKeys(product.keys, 'the program')
  if ('problem' in keys) throw refused(keys.problem as string)
  const files = [{ name: offered.file, bytes: Buffer.from(offered.manifest) }]
  const accepted = verifyFiles({ text: offered.signature, files, keys, before: null })
  if ('problem' in accepted) throw refused(accepted.problem)
  const manifest = parseManifest(offered.manifest)
  if ('problem' in manifest) throw refused(manifest.problem)
  const { name, version, targets } = manifest
  if (name !== product.name) throw refused(`it is of ${name}, and this is ${product.name}`)
  const order = versionOrder(version, product.version)
  if (order < 0 && !product.allowOlder)
    throw refused(`it is version ${version}, older than this ${product.version} (--allow-older)`)
  const archive = targets[product.target]
  if (archive === undefined) {
    const known = Object.keys(targets).join(', ') || 'nothing'
    throw refused(`it has ${known}, and nothing for ${product.target}`)
  }
  return { version, archive, isNews: order !== 0 }
}
