import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PackSpec, PackTarget } from '../../model/pack-spec.ts'
import type { StagedFile, StagedProduct } from '../../model/staged-product.ts'
import { windowsFileVersion } from './windows-file-version.ts'

export interface StageAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  /** Absolute path of the executable. */
  readonly executable: string
  /** What the executable unpacks, on Windows beside itself. */
  readonly addons: readonly Uint8Array[]
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
  const files: readonly Unhashed[] = [
    { path: basename(executable), source: executable, mode: 0o755, config: false },
    { path: basename(licensesFile), source: licensesFile, mode: 0o644, config: false },
    ...(spec.license === null
      ? []
      : [{ path: 'LICENSE.txt', source: spec.license, mode: 0o644, config: false }]),
    ...spec.files.map(({ from, to, mode, config }) => ({ path: to, source: from, mode, config })),
  ]
  const staged = await Promise.all(files.map((file) => described(file, target)))
  const addons = await Promise.all(asked.addons.map((bytes) => writeAddon(bytes, room)))
  return {
    spec,
    target,
    executable: basename(executable),
    files: staged.sort(byPath),
    addons:
      target === 'win-x64'
        ? (await Promise.all(addons.map((file) => described(file, target)))).sort(byPath)
        : [],
    epoch,
  }
}

type Unhashed = Omit<StagedFile, 'sha256' | 'version'>

async function described(file: Unhashed, target: PackTarget): Promise<StagedFile> {
  const version = target === 'win-x64' ? await windowsFileVersion(file.source) : null
  return { ...file, sha256: await sha256Of(file.source), version }
}

/** By the name under which `platform/packed/addons.ts` looks for it. */
async function writeAddon(bytes: Uint8Array, room: string): Promise<Unhashed> {
  const name = `${createHash('sha256').update(bytes).digest('hex')}.node`
  const source = join(room, name)
  await writeFile(source, bytes)
  return { path: `addons/${name}`, source, mode: 0o644, config: false }
}

function byPath(a: StagedFile, b: StagedFile): number {
  return a.path < b.path ? -1 : 1
}

/** Of a file's bytes, in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
