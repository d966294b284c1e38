/** What a remote source says, or has said last, as a layer of settings that are being read. */
import { resolve } from 'node:path'
import type { Layer } from '../config/layers/layer.ts'
import { remoteLayer } from '../config/layers/remote-layer.ts'
import { remoteAtAddress, TOKEN_VARIABLE } from '../config/remote-address.ts'
import { isRemoteAddress } from '../config/remote-schema.ts'
import { remoteInOwnFile } from '../config/remote-settings.ts'
import { isSteadError, SteadError } from '../errors.ts'
import type { Accepted } from '../model/accepted.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { RemoteText } from '../model/ports/remote-source.ts'
import {
  type RemoteReading,
  type RemoteSpec,
  remoteInSources,
  remoteName,
  remoteRegression,
} from '../model/remote-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { configFiles } from '../platform/config-files.ts'
import { readLastGood } from '../platform/remote/last-good.ts'
import {
  nothingIsRefused,
  openRemote,
  type RemoteTrust,
  refuseUnsignable,
  verifiedRemote,
} from './remote-signature.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What is there of a source already. */
export interface KnownRemote {
  readonly name: string
  readonly said: RemoteText | null
  readonly readAt: string | null
  /** What its signature says, or null for none, where it was taken before; left out where it is to be verified. */
  readonly signed?: Accepted | null
}

/** How the remote source of a configuration is read. */
export interface RemoteAsked {
  /** What is said of it on the command line, or by STEAD_REMOTE; else the file says it. */
  readonly named?: string | undefined
  /** False: what is known is what it says, as long as it is of the same source. */
  readonly fetch: boolean
  readonly known?: KnownRemote | null | undefined
  /** Where the copy of what was good last is; left out for none. */
  readonly copy?: string | undefined
  /** Somebody asks, and is told what is wrong with what it says: what was good last is not taken in its stead. */
  readonly byHand: boolean
  /** It may be older than what was taken before; never than what was signed. */
  readonly older: boolean
  /** By what it is believed; null where it need not be signed. */
  readonly trust?: RemoteTrust | null
}

/** With nothing to fall back to, so long for all that is tried, in milliseconds. */
const PATIENCE = 30_000

/**
 * The source that `--remote` or STEAD_REMOTE names: by an address, or a file that describes it.
 *
 * @throws USAGE, GUARD_FILE_INVALID
 */
export function namedRemote(text: string, env: Env, allow: RemoteSpec['allow']): RemoteSpec {
  if (isRemoteAddress(text)) return remoteAtAddress(text, (env[TOKEN_VARIABLE] ?? '') !== '', allow)
  return remoteInOwnFile(resolve(text), env, configFiles(), allow)
}

/**
 * Reads what a source says and puts it under `load`; what cannot be used gives way to what was good last.
 *
 * @param kept texts of a version that is gone back to: then nothing else is asked
 * @param load reads the whole configuration with a layer; throws where something is wrong with it
 * @throws what `load` throws, REMOTE_UNAVAILABLE, SIGNATURE_REFUSED, KEY_UNUSABLE
 */
export async function loadWithRemote<T>(
  spec: RemoteSpec,
  asked: RemoteAsked,
  env: Env,
  load: (layer: Layer | null) => T | Promise<T>,
  kept?: ConfigSources,
): Promise<{ readonly loaded: T; readonly remote: RemoteReading }> {
  const name = remoteName(spec)
  const { fetch, byHand, trust = null } = asked
  const use = async ({ said, readAt, lost, refused, signed: verified }: Used) => {
    const signed = verified === undefined ? verifiedBy(trust, spec, said) : verified
    const layer = layerOf(name, said, spec)
    return {
      loaded: await load(layer),
      remote: { spec, name, said, readAt, lost, refused, signed },
    }
  }
  if (kept !== undefined) {
    const said = remoteInSources(kept)?.said ?? null
    return use({ said, readAt: null, signed: null, ...FINE })
  }
  if (trust !== null) refuseUnsignable(spec)
  const known = asked.known?.name === name ? asked.known : null
  if (!fetch && known !== null) return use({ ...known, ...FINE })
  const { lastGood, damage } = copyOf(spec, asked, trust)
  const before = known ?? lastGood
  const found = await fetched(spec, env, before, asked)
  if ('said' in found) {
    try {
      return await use({ ...found, ...FINE })
    } catch (error) {
      if (byHand || before === null || !isSteadError(error)) throw error
      // What is wrong may be in the files: then it is wrong with the other text as well, and told.
      return use({ ...before, lost: null, refused: withoutExcerpts(error) })
    }
  }
  if (before !== null) return use({ ...before, ...found })
  const reason = [found.lost ?? found.refused, damage].filter((one) => one !== null).join('; ')
  const trouble = found.lost === null ? { ...FINE, refused: reason } : { ...FINE, lost: reason }
  if (spec.optional) return use({ said: null, readAt: null, signed: null, ...trouble })
  throw new SteadError('REMOTE_UNAVAILABLE', { source: name, reason })
}

type Used = Omit<RemoteReading, 'spec' | 'name' | 'signed'> & Pick<KnownRemote, 'signed'>

/** What was good last, or in words why that is not used. */
function copyOf(spec: RemoteSpec, { copy: path }: RemoteAsked, trust: RemoteTrust | null) {
  const name = remoteName(spec)
  const copy = path === undefined ? null : readLastGood(path, name)
  if (copy === null) return { lastGood: null, damage: null }
  if ('problem' in copy) return { lastGood: null, damage: copy.problem }
  const { said, at: readAt } = copy
  try {
    const lastGood: KnownRemote = { name, said, readAt, signed: verifiedBy(trust, spec, said) }
    return { lastGood, damage: null }
  } catch (error) {
    if (!isSteadError(error, 'SIGNATURE_REFUSED')) throw error
    return { lastGood: null, damage: `${path} is not used: ${error.params.reason}` }
  }
}

/** @throws SIGNATURE_REFUSED, KEY_UNUSABLE */
function verifiedBy(
  trust: RemoteTrust | null,
  spec: RemoteSpec,
  said: RemoteText | null,
): Accepted | null {
  if (trust === null) return null
  if (said !== null) return verifiedRemote(spec, said, trust)
  const reason = nothingIsRefused(spec, trust)
  if (reason === null) return null
  throw new SteadError('SIGNATURE_REFUSED', { file: remoteName(spec), reason })
}

type Trouble = Pick<RemoteReading, 'lost' | 'refused'>
type Fetched = { readonly said: RemoteText | null; readonly readAt: string } | Trouble

const FINE: Trouble = { lost: null, refused: null }

async function fetched(
  spec: RemoteSpec,
  env: Env,
  before: KnownRemote | null,
  { older: olderToo, trust = null }: RemoteAsked,
): Promise<Fetched> {
  const clock = systemClock()
  try {
    const source = await openRemote(spec, trust !== null, env)
    const patience = before === null ? PATIENCE : spec.timeout
    const said = await source.read(AbortSignal.timeout(patience))
    if (said === null && !spec.optional) return { lost: null, refused: 'it has nothing' }
    const older = olderToo ? null : remoteRegression(before?.said ?? null, said)
    if (older !== null) return { lost: null, refused: older }
    return { said, readAt: clock.wall().toISOString() }
  } catch (error) {
    return { lost: (error as Error).message, refused: null }
  }
}

/** @throws GUARD_FILE_INVALID with every problem and its place */
function layerOf(name: string, said: RemoteText | null, { allow }: RemoteSpec): Layer | null {
  if (said === null) return null
  const made = remoteLayer(name, said, allow)
  if ('layer' in made) return made.layer
  throw new SteadError('GUARD_FILE_INVALID', { source: name, problems: made.problems })
}

/** Lines of a text may have in them what not everybody may see. */
function withoutExcerpts(error: SteadError): string {
  const isList = isSteadError(error, 'GUARD_FILE_INVALID') || isSteadError(error, 'CONFIG_INVALID')
  const problems = isList ? error.params.problems : [error.message]
  return problems.map((problem) => problem.split('\n')[0]).join('; ')
}
