/**
 * The process that reads a stead.yaml for a guard: what is known of it comes as the first line of its
 * standard input, and it makes itself ready; what is to be read as the second, and it answers and ends.
 * It ends without an answer where there is no second.
 */
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type GuardConfig, type GuardFile, loadGuardFile } from '../config/guard-file.ts'
import { keptFiles, recorded } from '../config/layers/kept-files.ts'
import { changesReader } from '../config/read-changes.ts'
import type { KnownConfig } from '../config/unchanged-services.ts'
import { isSteadError } from '../errors.ts'
import type { ConfigFiles } from '../model/ports/config-files.ts'
import { type RemoteReading, type RemoteSpec, remoteSourceKey } from '../model/remote-spec.ts'
import { configFiles } from '../platform/config-files.ts'
import { packed } from '../platform/packed/facts.ts'
import { secretOpener } from './compose-secrets.ts'
import type { RemoteAsked } from './read-remote.ts'
import type { Answer, Given } from './read-spec.ts'

/** What is told on the command line, where everybody can see it. */
export interface Reading {
  /** Absolute. */
  readonly path: string
  /** Profiles to take; left out, STEAD_PROFILE says. */
  readonly profiles?: readonly string[] | undefined
  /** Settings of the command line; no secret is among them. */
  readonly set?: readonly string[] | undefined
  /** False where a guard on another system shall keep it; left out where it is only looked at. */
  readonly onWindows?: boolean
  /** Where keys are if the environment does not say; left out where sealed values stay so. */
  readonly keyFile?: string
}

type FileAsked = Omit<GuardFile, 'text'>

/** What that process does; over when it has answered. @param asked the word behind its part */
export async function answerReading(asked: string): Promise<void> {
  const { keyFile, set = [], ...reading } = JSON.parse(asked) as Reading
  const secrets = keyFile === undefined ? {} : { openSecret: secretOpener(keyFile) }
  const file: FileAsked = { ...reading, set, env: process.env, ...secrets }
  const changes = changesReader(file, configFiles())
  let known: KnownConfig | null = null
  let lines = 0
  for await (const line of createInterface({ input: process.stdin })) {
    lines += 1
    if (lines === 1) {
      known = JSON.parse(line) as KnownConfig | null
      if (known !== null) changes.warmUp(known)
      continue
    }
    const given = JSON.parse(line) as Given
    const isChange = known !== null && given.kept === undefined
    const found = isChange ? changes.read(given.text, known as KnownConfig) : null
    const answer = found === null ? await whole(file, given) : changed(found)
    process.stdout.write(JSON.stringify(answer))
    return
  }

  function changed({
    config,
    sources,
    same,
  }: NonNullable<ReturnType<typeof changes.read>>): Answer {
    const services = config.spec.services.map((one) => (same.has(one.name) ? one.name : one))
    // The text that was given is known to whoever gave it.
    const { [reading.path]: _given, ...others } = sources
    return { ...config, spec: { ...config.spec, services }, sources: others, remote: null }
  }
}

async function whole(asked: FileAsked, { text, kept, remote: from }: Given): Promise<Answer> {
  try {
    const files = recorded(kept === undefined ? configFiles() : keptFiles(kept))
    const { spec, ...rest } = await loadRemote({ ...asked, text }, files, from, kept)
    const { said, name } = rest.remote ?? { said: null, name: '' }
    const remote = said === null ? {} : { [remoteSourceKey(name, said)]: said.text }
    return { spec, ...rest, sources: { ...files.sources, ...remote } }
  } catch (error) {
    if (!isSteadError(error)) throw error
    const { code, params } = error
    return { code, params }
  }
}

async function loadRemote(
  file: GuardFile,
  files: ConfigFiles,
  asked: RemoteAsked | undefined,
  kept: Given['kept'],
): Promise<GuardConfig & { readonly remote: RemoteReading | null }> {
  const { env } = file
  const spec = asked === undefined ? null : await remoteOf(file, files, asked)
  if (asked === undefined || spec === null) return { ...loadGuardFile(file, files), remote: null }
  const { loadWithRemote } = await import('./read-remote.ts')
  const { loaded, remote } = await loadWithRemote(
    spec,
    asked,
    env,
    (layer) => loadGuardFile({ ...file, remote: { layer, watched: spec.watch } }, files),
    kept,
  )
  return { ...loaded, remote }
}

async function remoteOf(
  file: GuardFile,
  files: ConfigFiles,
  { named }: RemoteAsked,
): Promise<RemoteSpec | null> {
  const { remoteInFile } = await import('../config/remote-settings.ts')
  if (named === undefined) return remoteInFile(file, files)
  const { REMOTE_SETTINGS } = await import('../config/remote-schema.ts')
  const { namedRemote } = await import('./read-remote.ts')
  return namedRemote(named, file.env, REMOTE_SETTINGS)
}

const [, main, asked] = process.argv
if (packed() === null && main === fileURLToPath(import.meta.url) && asked !== undefined)
  await answerReading(asked)
