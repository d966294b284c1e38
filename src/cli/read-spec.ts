/**
 * stead.yaml read by a process that ends: the guard lives for months, and what reads YAML takes more
 * memory than everything that the guard itself needs; a thread would leave a part of it behind.
 */
import { spawn } from 'node:child_process'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { GuardConfig, GuardFile } from '../config/guard-file.ts'
import { type ErrorCode, type ErrorParams, isSteadError, SteadError } from '../errors.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { ConfigFiles } from '../model/ports/config-files.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { type RemoteReading, type RemoteSpec, remoteSourceKey } from '../model/remote-spec.ts'
import { packed } from '../platform/packed/facts.ts'
import { partWords } from '../platform/packed/parts.ts'
import type { RemoteAsked } from './read-remote.ts'

interface Question {
  /** Absolute. */
  readonly path: string
  readonly text: string
  /** The other files as they were once; left out where they are read from the disk. */
  readonly kept?: ConfigSources | undefined
  /** Where `${VAR}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Profiles to take; left out, STEAD_PROFILE says. */
  readonly profiles?: readonly string[] | undefined
  /** Settings of the command line; no secret is among them. */
  readonly set?: readonly string[] | undefined
  /** False where a guard on another system shall keep it; left out where it is only looked at. */
  readonly onWindows?: boolean
  /** Where keys are if the environment does not say; left out where sealed values stay so. */
  readonly keyFile?: string
  /** How a remote source is read; left out where the file alone is looked at. */
  readonly remote?: RemoteAsked
}

/** What is told on the command line, where everybody can see it. */
type Reading = Omit<Question, 'text' | 'kept' | 'env' | 'remote'>

/** What may have in it what others shall not see goes by standard input. */
type Given = Pick<Question, 'text' | 'kept' | 'remote'>

/** The configuration, and the texts that it was read from, the first file first. */
export type ReadGuardConfig = GuardConfig & {
  readonly sources: ConfigSources
  /** What of a remote source is in it; null where there is none. */
  readonly remote: RemoteReading | null
}

type Answer =
  | ReadGuardConfig
  | { readonly code: ErrorCode; readonly params: ErrorParams<ErrorCode> }

/** A bomb that takes longer, or more memory than this, is ended. */
const LONGEST = 60_000
const MAX_HEAP = 512

/** @throws GUARD_FILE_INVALID with every problem */
export async function readGuardSpec(question: Question): Promise<GuardSpec> {
  return (await readGuardConfig(question)).spec
}

/** The same with the files that it depends on. @throws GUARD_FILE_INVALID with every problem */
export async function readGuardConfig({
  text,
  kept,
  remote,
  env,
  ...reading
}: Question): Promise<ReadGuardConfig> {
  const heap = `--max-old-space-size=${MAX_HEAP}`
  // A packed executable takes options of node from the environment alone.
  const inside = packed() !== null
  const words = [...partWords('read-spec', import.meta.url), JSON.stringify(reading)]
  const child = spawn(process.execPath, inside ? words : [heap, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: inside ? { ...env, NODE_OPTIONS: heap } : env,
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {
    // It ended before it had read everything; what it says, or does not, tells why.
  })
  child.stdin.end(JSON.stringify({ text, kept, remote } satisfies Given))
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve(`reading it ended with ${signal ?? `code ${code}`}`)
    })
  })
  const [said, how] = await Promise.all([textOf(child.stdout), ended])
  const answer = answerIn(said)
  if (answer === null)
    throw new SteadError('GUARD_FILE_INVALID', { source: reading.path, problems: [how] })
  if ('spec' in answer) return answer
  throw new SteadError(answer.code, answer.params)
}

function answerIn(said: string): Answer | null {
  try {
    return JSON.parse(said) as Answer
  } catch {
    return null
  }
}

async function answer({ keyFile, profiles, set = [], ...reading }: Reading): Promise<Answer> {
  try {
    const { loadGuardFile } = await import('../config/guard-file.ts')
    const { configFiles } = await import('../platform/config-files.ts')
    const { keptFiles, recorded } = await import('../config/layers/kept-files.ts')
    const { text, kept, remote: asked } = JSON.parse(await textOf(process.stdin)) as Given
    const files = recorded(kept === undefined ? configFiles() : keptFiles(kept))
    const { secretOpener } = await import('./compose-secrets.ts')
    const secrets = keyFile === undefined ? {} : { openSecret: secretOpener(keyFile) }
    const file = { ...reading, profiles, set, text, env: process.env, ...secrets }
    const { spec, ...rest } = await loadRemote(file, files, asked, kept, loadGuardFile)
    const { said, name } = rest.remote ?? { said: null, name: '' }
    const remote = said === null ? {} : { [remoteSourceKey(name, said)]: said.text }
    return { spec, ...rest, sources: { [reading.path]: text, ...files.sources, ...remote } }
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
  kept: ConfigSources | undefined,
  load: (file: GuardFile, files: ConfigFiles) => GuardConfig,
): Promise<GuardConfig & { readonly remote: RemoteReading | null }> {
  const { env } = file
  const spec = asked === undefined ? null : await remoteOf(file, files, asked)
  if (asked === undefined || spec === null) return { ...load(file, files), remote: null }
  const { loadWithRemote } = await import('./read-remote.ts')
  const { loaded, remote } = await loadWithRemote(
    spec,
    asked,
    env,
    (layer) => load({ ...file, remote: { layer, watched: spec.watch } }, files),
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

/** What that process does. @param reading the word behind its part */
export async function answerReading(reading: string): Promise<void> {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(reading) as Reading)))
}

const [, main, reading] = process.argv
if (packed() === null && main === fileURLToPath(import.meta.url) && reading !== undefined)
  await answerReading(reading)
