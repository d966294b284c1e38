import type { PackTarget } from '../model/pack-spec.ts'
import type { StagedProduct } from '../model/staged-product.ts'
import type { UpdateArchive, UpdateManifest } from '../model/update-manifest.ts'

/** A tar.gz that was made of a product. */
export interface PublishedArchive {
  readonly product: StagedProduct
  /** Name of the file. */
  readonly name: string
  readonly size: number
  readonly sha256: string
  /** Bytes of its files together. */
  readonly unpacked: number
}

/** The name under which programs look for what was published, the same for every version. */
export function updateManifestName(name: string): string {
  return `${name}_update.json`
}

/** What installed programs read to become this version. */
export function updateManifest(archives: readonly PublishedArchive[]): string {
  const [first] = archives
  if (first === undefined) throw new Error('an update has at least one archive')
  const { name, version } = first.product.spec
  const targets = archives
    .map((one): [PackTarget, UpdateArchive] => [one.product.target, archiveOf(one)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const manifest: UpdateManifest = {
    ...{ format: 1, name, version, targets: Object.fromEntries(targets) },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function archiveOf({ product, name, size, sha256, unpacked }: PublishedArchive): UpdateArchive {
  return {
    ...{ archive: name, size, sha256, unpacked, executable: product.executable },
    config: product.files.filter(({ config }) => config).map(({ path }) => path),
  }
}
