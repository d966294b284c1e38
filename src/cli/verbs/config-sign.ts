import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { nodeFileSystem } from '../../platform/file-system.ts'
import { sequenceOf, signFiles } from '../../secrets/signature.ts'
import { newSigningKeys } from '../../secrets/signing-key.ts'
import { findGuardFile, type LayerOptions, readGuardFile } from '../compose-guard-home.ts'
import {
  privateKey,
  readKey,
  signatureOf,
  signedFiles,
  sourcesOf,
  trustedKeys,
  verifiedSources,
} from '../compose-signature.ts'
import { type CommonOptions, runVerb } from '../context.ts'

export interface SignOptions extends CommonOptions, LayerOptions {
  readonly key: string
  readonly sequence?: string
}

/** `config keygen FILE`: a pair of keys, the public one in FILE.pub. */
export function keygen(file: string, options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const path = resolve(file)
    const { privatePem, publicPem } = newSigningKeys()
    const files = nodeFileSystem()
    if (!(await files.createExclusive(path, privatePem, 0o600)))
      throw new SteadError('KEY_EXISTS', { path })
    await files.writeAtomic(`${path}.pub`, publicPem, 0o644)
    if (output.json) output.object({ private: path, public: `${path}.pub` })
    output.done(`${path} signs; ${path}.pub is what others check with`)
    return 0
  })
}

/** `config sign [FILE]`: signs it with all that it includes, into FILE.sig. */
export function sign(named: string | undefined, options: SignOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const file = findGuardFile(named)
    const key = privateKey(resolve(options.key))
    const sources = sourcesOf(file, readGuardFile(file), options)
    const path = signatureOf(file)
    const sequence = sequenceAsked(options.sequence) ?? nextSequence(path)
    const text = signFiles({ files: signedFiles(file, sources), key, sequence })
    await nodeFileSystem().writeAtomic(path, text, 0o644)
    const count = Object.keys(sources).length
    if (output.json) output.object({ signature: path, key: key.id, sequence, files: count })
    output.done(`${path}: version ${sequence} of ${count} ${count === 1 ? 'file' : 'files'}`)
    return 0
  })
}

/** `config verify [FILE]`: whether its signature is of one of the keys, and for these very files. */
export function verify(named: string | undefined, options: SignOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const file = findGuardFile(named)
    const keys = trustedKeys(resolve(options.key))
    const sources = sourcesOf(file, readGuardFile(file), options)
    const { sequence } = verifiedSources(file, sources, keys, null)
    if (output.json) output.object({ file, sequence })
    output.done(`${file} is signed, version ${sequence}`)
    return 0
  })
}

function sequenceAsked(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const problem = `--sequence is a whole number, not ${JSON.stringify(text)}`
  throw new SteadError('USAGE', { problem, verb: 'config sign' })
}

/** Higher than the one before even where this clock is behind that of who signed it. */
function nextSequence(path: string): number {
  const before = existsSync(path) ? sequenceOf(readKey(path)) : null
  return Math.max(Date.now(), (before ?? 0) + 1)
}
