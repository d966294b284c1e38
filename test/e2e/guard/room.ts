/** A directory with a stead.yaml, a home of stead, and the guards and programs that run from there. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { GuardEvent } from '../../../src/model/guard-event.ts'
import type { GuardStatus, InstanceStatus } from '../../../src/model/guard-status.ts'
import { until } from '../../contract/until.ts'
import { ask } from './ask.ts'
import { type GuardProcess, startProcess } from './guard-process.ts'
import { allProcesses, kill, lives, type Seen } from './processes.ts'
import { type Answer, run, STEAD } from './stead.ts'

export type Services = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface Room {
  readonly directory: string
  readonly home: string
  readonly file: string
  /** Writes stead.yaml: services by name, or the text itself. */
  readonly write: (services: Services | string, more?: Readonly<Record<string, unknown>>) => void
  /** `stead up` in the foreground; resolves when it answers on its socket. */
  readonly up: (options?: UpOptions) => Promise<GuardProcess>
  /** Any verb, as a command of its own in the directory of the file. */
  readonly stead: (...args: string[]) => Promise<Answer>
  readonly socket: () => string
  readonly status: () => Promise<GuardStatus>
  readonly one: (id: string) => Promise<InstanceStatus>
  /** Resolves with its status when it fits; asks again and again until a deadline. */
  readonly waitFor: (
    id: string,
    what: string,
    fits: (one: InstanceStatus) => boolean,
  ) => Promise<InstanceStatus>
  readonly running: (...ids: string[]) => Promise<readonly InstanceStatus[]>
  readonly events: () => Promise<readonly GuardEvent[]>
  /** Processes that carry a mark of a guard of this home, the living ones. */
  readonly programs: (service?: string) => readonly Seen[]
  /** The log of a service with what was rotated, oldest first. */
  readonly log: (id: string) => string
  readonly expectNothingLeft: () => void
}

export interface UpOptions {
  /** Stands before the command: `unshare …`. */
  readonly under?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** False where it is not to come up. */
  readonly waits?: boolean
}

/** Everything of it is ended and removed when the test has ended, however it ended. */
export function openRoom(
  services?: Services | string,
  more?: Readonly<Record<string, unknown>>,
): Room {
  // Directly under the temporary directory: the path of a socket is short (unix(7)).
  const directory = mkdtempSync(join(tmpdir(), 'sg-'))
  const home = join(directory, 'h')
  const file = join(directory, 'stead.yaml')
  const started: GuardProcess[] = []

  onTestFinished(async ({ task }) => {
    const failed = task.result?.state === 'fail'
    if (failed) tell(started, directory)
    // Not by pid: one that has ended has none any more, and the number may be somebody else's.
    for (const one of started) one.signal('SIGKILL')
    await until('everything of the test is ended', () => {
      const left = ofDirectory(directory)
      for (const { pid } of left) kill(pid)
      return left.length === 0
    })
    rmSync(directory, { recursive: true, force: true })
  })

  const guards = (): string[] => {
    const all = join(home, 'run', 'guards')
    return existsSync(all) ? readdirSync(all).map((name) => join(all, name)) : []
  }
  const socket = (): string => {
    const found = guards().map((one) => join(one, 'control.sock'))
    const there = found.find((path) => existsSync(path))
    if (there === undefined) throw new Error(`no control socket under ${home}`)
    return there
  }
  const get = async <T>(path: string): Promise<T> => {
    const { status, text } = await ask(socket(), path)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return JSON.parse(text) as T
  }
  const room: Room = {
    directory,
    home,
    file,
    write: (of, rest = {}) =>
      // YAML is a superset of JSON.
      writeFileSync(file, typeof of === 'string' ? of : JSON.stringify({ ...rest, services: of })),
    async up({ under = [], args = [], env = {}, waits = true } = {}) {
      const command = [...under, ...STEAD, 'up', '-f', file, '--home', home, ...args]
      const guard = startProcess(command, { cwd: directory, env })
      started.push(guard)
      if (!waits) return guard
      const ended = guard.ended.then((end) => {
        throw new Error(`the guard ended with ${JSON.stringify(end)}:\n${guard.text()}`)
      })
      ended.catch(() => {})
      const answers = until('the guard answers', async () => {
        if (!guards().some((one) => existsSync(join(one, 'control.sock')))) return false
        const facts = await get<{ pid: number }>('/v1').catch(() => null)
        return facts !== null && (under.length > 0 || facts.pid === guard.pid)
      })
      await Promise.race([answers, ended])
      return guard
    },
    stead: (verb, ...args) =>
      run([...STEAD, ...(verb === undefined ? [] : [verb]), ...args, '--home', home], {
        cwd: directory,
      }),
    socket,
    status: () => get<GuardStatus>('/v1/status'),
    one: async (id) => one(await room.status(), id),
    async waitFor(id, what, fits) {
      let last: InstanceStatus | null = null
      try {
        return await until(`${id}: ${what}`, async () => {
          last = one(await room.status(), id)
          return fits(last) ? last : null
        })
      } catch (error) {
        throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`)
      }
    },
    running: (...ids) =>
      Promise.all(
        ids.map((id) =>
          room.waitFor(id, 'runs and is ready', ({ phase, ready }) => phase === 'running' && ready),
        ),
      ),
    events: () => get<GuardEvent[]>('/v1/events?since=0'),
    programs: (service) =>
      allProcesses().filter(
        ({ environment, state }) =>
          state !== 'Z' &&
          (environment.STEAD_SOCKET ?? '').startsWith(`${home}/`) &&
          (service === undefined || environment.STEAD_SERVICE === service),
      ),
    log: (id) => logOf(join(home, 'logs'), id),
    expectNothingLeft() {
      expect(ofDirectory(directory).map(({ pid, command }) => ({ pid, command }))).toEqual([])
      expect(filesOfKind(home, ['socket', 'fifo'])).toEqual([])
    },
  }
  if (services !== undefined) room.write(services, more)
  return room
}

function one(status: GuardStatus, id: string): InstanceStatus {
  const found = status.services.find((service) => service.id === id)
  if (found === undefined) throw new Error(`the guard has no ${id}`)
  return found
}

/** Living processes that have the directory in their command or in the marks they carry. */
function ofDirectory(directory: string): Seen[] {
  return allProcesses().filter(
    ({ pid, command, environment }) =>
      pid !== process.pid &&
      lives(pid) &&
      (command.some((word) => word.startsWith(directory)) ||
        (environment.STEAD_SOCKET ?? '').startsWith(`${directory}/`)),
  )
}

function filesOfKind(directory: string, kinds: readonly ('socket' | 'fifo')[]): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        (kinds.includes('socket') && entry.isSocket()) ||
        (kinds.includes('fifo') && entry.isFIFO()),
    )
    .map(({ parentPath, name }) => join(parentPath, name))
}

/** `NAME.log`, and before it `NAME.log.N` or what else rotation calls the older ones. */
function logOf(directory: string, id: string): string {
  if (!existsSync(directory)) return ''
  const files = (readdirSync(directory, { recursive: true }) as string[])
    .filter((path) => path.split('/').at(-1)?.startsWith(`${id}.log`))
    .map((path) => join(directory, path))
  const age = (path: string): number => Number(/\.(\d+)$/.exec(path)?.[1] ?? 0)
  return files
    .sort((a, b) => age(b) - age(a))
    .map((path) => readFileSync(path, 'utf8'))
    .join('')
}

/** What a reader of a failure wants to see of the guards that took part. */
function tell(guards: readonly GuardProcess[], directory: string): void {
  for (const { pid, text } of guards) {
    console.log(`guard ${pid} of ${directory} said:\n${text().slice(-4_000)}`)
  }
  const background = join(directory, 'h', 'logs', 'guard.log')
  if (existsSync(background)) console.log(readFileSync(background, 'utf8').slice(-4_000))
}
