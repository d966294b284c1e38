/**
 * Stand-ins for a packed program, where what is tested is the package around it: small, and of the
 * checkout's own hello. Tests that say "packed" have the real executable.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PackSpec } from '../../../src/model/pack-spec.ts'
import type { StagedFile, StagedProduct } from '../../../src/model/staged-product.ts'
import { productOf } from '../../fixtures/staged-product.ts'

/** 2026-01-01. */
export const EPOCH = 1_767_225_600

export interface StandIn {
  readonly spec?: Partial<PackSpec>
  readonly target: StagedProduct['target']
  readonly executable: string
  /** Relative paths; those in `config` are configuration. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly config?: readonly string[]
}

/** Writes the files below `directory` and describes them as what is packed. */
export function stage(directory: string, standIn: StandIn): StagedProduct {
  const { executable, files, config = [], target } = standIn
  const staged = Object.entries(files).map(([path, bytes]): StagedFile => {
    const source = join(directory, path)
    mkdirSync(dirname(source), { recursive: true })
    writeFileSync(source, bytes)
    const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex')
    const mode = path === executable ? 0o755 : 0o644
    return { path, source, mode, sha256, config: config.includes(path), version: null }
  })
  return { spec: specOf(standIn), target, executable, files: staged, addons: [], epoch: EPOCH }
}

function specOf({ spec, target }: StandIn): PackSpec {
  return {
    ...productOf({}, target).spec,
    name: 'stead-hello',
    displayName: 'Stead Hello',
    description: 'Says hello over HTTP.\n\nMade for tests.',
    version: '1.0.0',
    publisher: 'Stead Tests <tests@stead.example>',
    homepage: 'https://stead.example/',
    ...spec,
  }
}
