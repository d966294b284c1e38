/** Signatures of configurations: which files they are for, where they lie, and what was accepted before. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { recorded } from '../config/layers/kept-files.ts'
import { loadSettings } from '../config/layers/load-settings.ts'
import { SteadError } from '../errors.ts'
import type { Accepted } from '../model/accepted.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { Home } from '../model/home.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { SIGNATURE_ENDING, withoutRemote } from '../model/remote-spec.ts'
import { configFiles } from '../platform/config-files.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { type SignedFile, verifyFiles } from '../secrets/signature.ts'
import type { SigningKey } from '../secrets/signing-key.ts'
import { type LayerOptions, placesOf } from './compose-guard-home.ts'
import { trustedKeys } from './signing-keys.ts'

/** Where the signature of a file lies: beside it. */
export function signatureOf(file: string): string {
  return `${file}${SIGNATURE_ENDING}`
}

/** The files of a configuration as they are signed: by their texts, and their names from the first one's directory. */
export function signedFiles(file: string, sources: ConfigSources): SignedFile[] {
  return Object.entries(sources).map(([path, text]) => ({
    name: relative(dirname(file), path).replaceAll(sep, '/'),
    bytes: Buffer.from(text),
  }))
}

/** The texts that a stead.yaml is read from: it, and what it includes. @throws GUARD_FILE_INVALID */
export function sourcesOf(file: string, text: string, options: LayerOptions): ConfigSources {
  const disk = recorded(configFiles())
  const asked = { path: file, text, env: process.env, profiles: options.profile }
  const { problems } = loadSettings(asked, disk)
  if (problems.length > 0) throw new SteadError('GUARD_FILE_INVALID', { source: file, problems })
  return { [file]: text, ...disk.sources }
}

/** @param before what was accepted last @throws SIGNATURE_REFUSED */
export function verifiedSources(
  file: string,
  sources: ConfigSources,
  keys: ReadonlyMap<string, SigningKey>,
  before: Accepted | null,
): Accepted {
  const files = signedFiles(file, sources)
  const accepted = verifyFiles({ text: textOrNull(signatureOf(file)), files, keys, before })
  if (!('problem' in accepted)) return accepted
  throw new SteadError('SIGNATURE_REFUSED', { file, reason: accepted.problem })
}

/** Lets nothing into a guard but what one of these keys has signed, and nothing older than what it has taken. */
export interface SignatureGate {
  /** Where the signature is: it may follow what it is for. */
  readonly signature: string
  /** Of what was read. @throws SIGNATURE_REFUSED, KEY_UNUSABLE */
  check(spec: GuardSpec, sources: ConfigSources): void
  /** It was taken over: older ones are refused from now on. */
  keep(spec: GuardSpec): Promise<void>
}

/** @param parts `keys`: the file of the public keys, read at each check */
export function signatureGate(parts: {
  readonly file: string
  readonly keys: string
  readonly home: Home
}): SignatureGate {
  const { file, keys, home } = parts
  const accepted = new WeakMap<GuardSpec, Accepted>()
  /** Counts from the moment at which it is taken, however long the disk takes. */
  let newest: Accepted | null = null
  const pathOf = ({ project }: GuardSpec): string =>
    join(placesOf(home, project, file).state, 'signature.json')
  return {
    signature: signatureOf(file),
    check(spec, sources) {
      const before = newest ?? acceptedIn(pathOf(spec))
      // What a remote source says has a signature of its own, which its reader verifies.
      const files = withoutRemote(sources)
      accepted.set(spec, verifiedSources(file, files, trustedKeys(keys), before))
    },
    async keep(spec) {
      const signature = accepted.get(spec)
      if (signature === undefined) return
      newest = signature
      const text = `${JSON.stringify(signature)}\n`
      await nodeFileSystem().writeAtomic(pathOf(spec), text, 0o600)
    },
  }
}

/** What was accepted last, as it was kept; null where that was nothing. @throws FILE_UNREADABLE */
export function acceptedIn(path: string): Accepted | null {
  const text = textOrNull(path)
  if (text === null) return null
  try {
    const { sequence, digest } = JSON.parse(text) as Accepted
    if (Number.isSafeInteger(sequence) && typeof digest === 'string') return { sequence, digest }
  } catch {
    // Told below.
  }
  // Without it an older version could come again unnoticed.
  throw new SteadError('FILE_UNREADABLE', { path, reason: 'it is not what stead has written' })
}

function textOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SteadError('FILE_UNREADABLE', { path, reason: (error as Error).message })
  }
}
