import { parseDuration } from '../../src/model/duration.ts'
import type { Exit } from '../../src/model/exit.ts'
import type { Clock } from '../../src/model/ports/clock.ts'
import type { ServiceSpec } from '../../src/model/service-spec.ts'

/** Where fake programs leave what real ones would write to disk. */
export type FakeFiles = Map<string, string>

export type FakeSignal = 'stop' | 'shutdown' | 'kill' | 'pause' | 'resume' | 'reload'

/** A process that is no process: it does what the fixture programs do, in memory. */
export interface FakeProcess {
  readonly pid: number
  readonly startedAt: Date
  /** Settles when the program says that it is ready; never where it ends before. */
  readonly ready: Promise<void>
  readonly exited: Promise<Exit>
  readonly output: readonly string[]
  signal(signal: FakeSignal): void
}

interface World {
  readonly clock: Clock
  readonly files: FakeFiles
  nextPid(): number
}

/**
 * Starts a fake of `story.ts` (native) or `record.mjs` (any executable): it understands their
 * arguments, writes their record and their events into `files`, and ends as they do.
 */
export function startFakeProgram(
  world: World,
  spec: ServiceSpec,
  env: Readonly<Record<string, string>>,
): FakeProcess {
  const { clock, files } = world
  const option = optionsOf(spec.args)
  const native = spec.protocol === 'native'
  const pid = world.nextPid()
  const file = option('--record')
  const output: string[] = []
  const ending = Promise.withResolvers<Exit>()
  const ready = Promise.withResolvers<void>()
  const life = new AbortController()
  let stopping = false

  const later = (milliseconds: number, action: () => void): void => {
    clock.sleep(milliseconds, life.signal).then(action, () => {})
  }
  const exit = (code: number, reason?: string): void => {
    if (life.signal.aborted) return
    if (reason !== undefined) output.push(reason)
    life.abort()
    ending.resolve({ kind: 'code', code })
  }
  const note = (event: string): void => {
    if (!native || file === undefined) return
    files.set(`${file}.events`, `${files.get(`${file}.events`) ?? ''}${event}\n`)
  }
  const stop = (reason: string): void => {
    if (stopping || option('--ignore-term') !== undefined) return
    stopping = true
    note(`stop ${reason}`)
    if (option('--stop') === 'never') return
    later(Number(option('--stop-ms') ?? 0), () => exit(0))
  }
  const becomeReady = (): void => {
    if (stopping) return
    note('ready')
    ready.resolve()
    const then = option('--then') ?? (native ? undefined : option('--exit'))
    if (then !== undefined) later(Number(option('--after-ms') ?? 0), () => end(then))
  }
  const end = (how: string): void => {
    const code = /^(?:exit)?(\d+)$/.exec(how)?.[1]
    if (code === undefined) exit(1, `it failed: ${how}`)
    else exit(Number(code))
  }
  const begin = (): void => {
    if (file !== undefined) {
      const record = { argv: [spec.file, ...spec.args], env, cwd: spec.cwd ?? '/', pid }
      files.set(file, JSON.stringify(record))
    }
    const said = option('--say')
    if (said !== undefined) output.push(said)
    note('start')
    const how = option('--start')
    if (how === undefined) later(Number(option('--start-ms') ?? 0), becomeReady)
    else if (how === 'throw') exit(1, 'it did not start: start threw')
    else if (how === 'reject') exit(1, 'it did not start: start rejected')
    else if (how === 'exit') exit(70, 'it did not start: process.exit(0) was called')
    else {
      const limit = parseDuration(option('--start-timeout') ?? '90s') ?? 0
      later(limit, () => exit(124, 'it was not ready within its time'))
    }
  }
  begin()
  return {
    pid,
    startedAt: clock.wall(),
    ready: ready.promise,
    exited: ending.promise,
    output,
    signal(signal) {
      switch (signal) {
        case 'stop':
          return stop('request')
        case 'shutdown':
          return stop('shutdown')
        case 'kill':
          life.abort()
          return ending.resolve({ kind: 'signal', signal: 'SIGKILL' })
        case 'pause':
        case 'resume':
        case 'reload':
          return note(signal)
      }
    },
  }
}

/** Reads `--name value` and bare `--name` up to `--`. */
function optionsOf(args: readonly string[]): (name: string) => string | undefined {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  return (name) => {
    const at = own.indexOf(name)
    return at < 0 ? undefined : (own[at + 1] ?? '')
  }
}
