import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { nodeFileSystem } from '../../platform/file-system.ts'
import { type SignedFile, sequenceOf, signFiles } from '../../secrets/signature.ts'
import { newSigningKeys } from '../../secrets/signing-key.ts'
import { findGuardFile, type LayerOptions, readGuardFile } from '../compose-guard-home.ts'
import { signatureOf, signedFiles, sourcesOf, verifiedSources } from '../compose-signature.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { privateKey, readKey, trustedKeys } from '../signing-keys.ts'

export interface SignOptions extends CommonOptions, LayerOptions {
  readonly key: string
  readonly sequence?: string
  /** The name to sign a single document by, which is the end of the path or key that it is put at. */
  readonly as?: string
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

/** `config sign [FILE]`: signs it with all that it includes, into FILE.sig; `--as` for another place. */
export function sign(named: string | undefined, options: SignOptions): Promise<number> {
  return runVerb(options, async (output) => {
    const file = findGuardFile(named)
    const key = privateKey(resolve(options.key))
    const sources = sourcesOf(file, readGuardFile(file), options)
    const path = signatureOf(file)
    const sequence = sequenceAsked(options.sequence) ?? nextSequence(path)
    const files = namedAs(options.as, signedFiles(file, sources))
    const text = signFiles({ files, key, sequence })
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
    if (options.remote !== undefined) {
      if (named !== undefined) throw usage('a file and --remote are two things to verify', 'verify')
      const { name, version, sequence } = await verifiedAt(options.remote, resolve(options.key))
      if (output.json) output.object({ source: name, at: version, sequence })
      output.done(`${name} (${version}) is signed, version ${sequence}`)
      return 0
    }
    const file = findGuardFile(named)
    const keys = trustedKeys(resolve(options.key))
    const sources = sourcesOf(file, readGuardFile(file), options)
    const { sequence } = verifiedSources(file, sources, keys, null)
    if (output.json) output.object({ file, sequence })
    output.done(`${file} is signed, version ${sequence}`)
    return 0
  })
}

/** What a remote source says now, and by which version it is signed. */
async function verifiedAt(named: string, keys: string) {
  const [{ namedRemote }, { openRemote, refuseUnsignable, verifiedRemote }] = await Promise.all([
    import('../read-remote.ts'),
    import('../remote-signature.ts'),
  ])
  const spec = namedRemote(named, process.env, null)
  refuseUnsignable(spec)
  const source = await openRemote(spec, true, process.env)
  const { name } = source
  const said = await source.read(AbortSignal.timeout(2 * spec.timeout)).catch((cause: Error) => {
    throw new SteadError('REMOTE_UNAVAILABLE', { source: name, reason: cause.message }, { cause })
  })
  if (said === null)
    throw new SteadError('REMOTE_UNAVAILABLE', { source: name, reason: 'it has nothing' })
  const { sequence } = verifiedRemote(spec, said, { keys, before: {} })
  return { name, version: said.version, sequence }
}

/** What includes others is no document of a remote source, where it would have another name. */
function namedAs(name: string | undefined, files: readonly SignedFile[]): readonly SignedFile[] {
  const [only, ...more] = files
  if (name === undefined || only === undefined) return files
  if (more.length > 0) throw usage('--as is for a document that includes no others', 'sign')
  const end = name.replace(/^\/+/, '')
  if (!/^[^\p{Cc}]+$/u.test(end)) throw usage('--as needs the end of a path or key', 'sign')
  return [{ ...only, name: end }]
}

function usage(problem: string, verb: 'sign' | 'verify'): SteadError {
  return new SteadError('USAGE', { problem, verb: `config ${verb}` })
}

function sequenceAsked(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw usage(`--sequence is a whole number, not ${JSON.stringify(text)}`, 'sign')
}

/** Higher than the one before even where this clock is behind that of who signed it. */
function nextSequence(path: string): number {
  const before = existsSync(path) ? sequenceOf(readKey(path)) : null
  return Math.max(Date.now(), (before ?? 0) + 1)
}
