import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PackSpec, PackTarget } from '../../model/pack-spec.ts'
import type { StagedFile, StagedProduct } from '../../model/staged-product.ts'

export interface StageAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  /** Absolute path of the executable. */
  readonly executable: string
  /** The licences of what is inside. */
  readonly licenses: string
  readonly epoch: number
  /** A directory of its own for texts. */
  readonly room: string
}

/** Everything that a product of one target has, in the order of the paths. */
export async function stage(asked: StageAsked): Promise<StagedProduct> {
  const { spec, target, executable, licenses, epoch, room } = asked
  await mkdir(room, { recursive: true })
  const licensesFile = join(room, 'THIRD-PARTY-LICENSES.txt')
  await writeFile(licensesFile, licenses)
  const files: readonly Omit<StagedFile, 'sha256'>[] = [
    { path: basename(executable), source: executable, mode: 0o755, config: false },
    { path: basename(licensesFile), source: licensesFile, mode: 0o644, config: false },
    ...(spec.license === null
      ? []
      : [{ path: 'LICENSE.txt', source: spec.license, mode: 0o644, config: false }]),
    ...spec.files.map(({ from, to, mode, config }) => ({ path: to, source: from, mode, config })),
  ]
  const staged = await Promise.all(
    files.map(async (file) => ({ ...file, sha256: await sha256Of(file.source) })),
  )
  return {
    spec,
    target,
    executable: basename(executable),
    files: staged.sort((a, b) => (a.path < b.path ? -1 : 1)),
    epoch,
  }
}

/** Of a file's bytes, in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
