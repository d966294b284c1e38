/**
 * stead.yaml read by a process that ends: the guard lives for months, and what reads YAML takes more
 * memory than everything that the guard itself needs; a thread would leave a part of it behind.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { text as textOf } from 'node:stream/consumers'
import { type ErrorCode, type ErrorParams, SteadError } from '../errors.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import type { RemoteReading } from '../model/remote-spec.ts'
import { packed } from '../platform/packed/facts.ts'
import { partWords } from '../platform/packed/parts.ts'
import { binFile } from './bin-file.ts'
import type { RemoteAsked } from './read-remote.ts'
import type { Reading } from './spec-reader.ts'

interface Question extends Given, Reading {
  /** Where `${VAR}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What may have in it what others shall not see goes by standard input. */
export interface Given {
  readonly text: string
  /** The other files as they were once; left out where they are read from the disk. */
  readonly kept?: ConfigSources | undefined
  /** How a remote source is read; left out where the file alone is looked at. */
  readonly remote?: RemoteAsked | undefined
}

/** The configuration, the texts that it was read from, the first file first, and every file that it depends on. */
export interface ReadGuardConfig {
  readonly spec: GuardSpec
  readonly files: readonly string[]
  readonly sources: ConfigSources
  /** What of a remote source is in it; null where there is none. */
  readonly remote: RemoteReading | null
}

/** As the process says it: services that are as they were are told by their names. */
export type Answer =
  | (Omit<ReadGuardConfig, 'spec'> & {
      readonly spec: Omit<GuardSpec, 'services'> & {
        readonly services: readonly (ProgramSpec | string)[]
      }
    })
  | { readonly code: ErrorCode; readonly params: ErrorParams<ErrorCode> }

/** Reads one configuration again and again, each time with what is known from the last. */
export interface ConfigReader {
  /** @throws GUARD_FILE_INVALID with every problem */
  read(given: Given): Promise<ReadGuardConfig>
  /** It will probably be read soon: a process is made ready for that, and waits. */
  ahead(): void
  /** It will not. */
  leave(): void
}

/** A bomb that takes longer, or more memory than this, is ended. */
const LONGEST = 60_000
const MAX_HEAP = 512

/** @throws GUARD_FILE_INVALID with every problem */
export async function readGuardSpec(question: Question): Promise<GuardSpec> {
  return (await readGuardConfig(question)).spec
}

/** The same with the files that it depends on. @throws GUARD_FILE_INVALID with every problem */
export function readGuardConfig({ text, kept, remote, env, ...reading }: Question) {
  return configReader(reading, () => env).read({ text, kept, remote })
}

/** @param env where `${VAR}` is looked up; asked for each time */
export function configReader(reading: Reading, env: () => Question['env']): ConfigReader {
  let waiting: Reader | null = null
  let last: ReadGuardConfig | null = null

  const begin = (): Reader => beginReader(reading, env(), last)

  return {
    async read(given) {
      const wasWaiting = waiting !== null
      let reader = waiting ?? begin()
      waiting = null
      let answer = await reader.ask(given)
      // One that had to wait may have been ended meanwhile, by whomever.
      if (typeof answer === 'string' && wasWaiting) {
        reader = begin()
        answer = await reader.ask(given)
      }
      if (typeof answer === 'string')
        throw new SteadError('GUARD_FILE_INVALID', { source: reading.path, problems: [answer] })
      if ('code' in answer) throw new SteadError(answer.code, answer.params)
      const known = new Map(reader.known?.spec.services.map((service) => [service.name, service]))
      const services = answer.spec.services.map((one) =>
        typeof one === 'string' ? (known.get(one) as ProgramSpec) : one,
      )
      last = {
        ...answer,
        spec: { ...answer.spec, services },
        sources: { [reading.path]: given.text, ...answer.sources },
      }
      return last
    },
    ahead() {
      waiting ??= begin()
    },
    leave() {
      waiting?.leave()
      waiting = null
    },
  }
}

interface Reader {
  /** What it was told of. */
  readonly known: ReadGuardConfig | null
  /** Its answer, or in words why there is none. */
  ask(given: Given): Promise<Answer | string>
  leave(): void
}

function beginReader(reading: Reading, env: Question['env'], last: ReadGuardConfig | null): Reader {
  const heap = `--max-old-space-size=${MAX_HEAP}`
  // A packed executable takes options of node from the environment alone.
  const inside = packed() !== null
  const file = import.meta.url.replace(/read-spec(?=\.[jt]s$)/, 'spec-reader')
  const words = [...partWords('read-spec', file), JSON.stringify(reading)]
  // To load what reads is most of what reading costs, and a guard reads at each start and each change.
  const options = inside ? [] : [heap, '--import', binFile('caches.js').href]
  const child = spawn(process.execPath, [...options, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: inside ? { ...env, NODE_OPTIONS: heap } : env,
  })
  child.stdin.on('error', () => {
    // It ended before it had read everything; what it says, or does not, tells why.
  })
  const ended = endOf(child)
  // What a remote source says of a service is not in the texts.
  const known = last?.remote !== null ? null : { spec: last.spec, sources: last.sources }
  child.stdin.write(`${JSON.stringify(known)}\n`)
  return {
    known: known === null ? null : last,
    async ask(given) {
      const deadline = setTimeout(() => child.kill('SIGKILL'), LONGEST)
      child.stdin.end(`${JSON.stringify(given)}\n`)
      try {
        const { said, how } = await ended
        return answerIn(said) ?? how
      } finally {
        clearTimeout(deadline)
      }
    },
    leave() {
      child.stdin.end()
    },
  }
}

/** Never rejects: nobody may be listening while it waits. */
async function endOf(child: ChildProcess): Promise<{ said: string; how: string }> {
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(`reading it did not begin: ${message}`))
    child.once('close', (code, signal) => {
      resolve(`reading it ended with ${signal ?? `code ${code}`}`)
    })
  })
  const said = child.stdout === null ? '' : textOf(child.stdout).catch(() => '')
  const [text, how] = await Promise.all([said, ended])
  return { said: text, how }
}

function answerIn(said: string): Answer | null {
  try {
    return JSON.parse(said) as Answer
  } catch {
    return null
  }
}
