import { type Arrivals, monotonic, openArrivals } from './arrivals.ts'
import { indices, type Logs, type Peer, type ProgramSet, type Supervisor } from './peer.ts'
import { endOf, type Workspace } from './workspace.ts'

export interface RunOptions {
  readonly count: number
  readonly autostart?: boolean
  readonly words?: readonly string[]
  readonly logs?: Logs
  readonly rotate?: number
  readonly manyRestarts?: boolean
}

/** A supervisor over its programs, from its start until nothing of it is left. */
export interface RunOfPrograms {
  readonly peer: Peer
  readonly set: ProgramSet
  readonly supervisor: Supervisor
  readonly arrivals: Arrivals
  readonly all: readonly number[]
  /** Starts the supervisor; milliseconds until each program that starts with it reached main(). */
  boot(): Promise<number>
  /** Sends a signal to one program, SIGKILL where none is named; the time right before. */
  signal(index: number, name?: NodeJS.Signals): number
  /** The supervisor is not to be ended in order but at once: its end would take too long. */
  abandon(): void
  /** Milliseconds of a whole command, and until what it is for has come about. */
  command(words: readonly string[], done: Promise<number>): Promise<number>
}

/** Runs `body` over a supervisor that is set up and not yet started, and ends all of it afterwards. */
export async function withRun<T>(
  peer: Peer,
  work: Workspace,
  options: RunOptions,
  body: (run: RunOfPrograms) => Promise<T>,
): Promise<T> {
  const place = peer.place?.() ?? { directory: work.fresh(peer.name), inside: (path) => path }
  const arrivals = openArrivals(`${place.directory}/arrivals`)
  try {
    const set: ProgramSet = {
      directory: place.directory,
      count: options.count,
      autostart: options.autostart ?? true,
      program: place.inside(work.program),
      fifo: place.inside(arrivals.path),
      words: options.words ?? [],
      logs: options.logs ?? 'usual',
      rotate: options.rotate ?? 16_000_000,
      manyRestarts: options.manyRestarts ?? false,
    }
    const supervisor = await peer.supervise(set, work)
    const ending = endOnce(supervisor)
    const run = runOf(peer, set, ending, arrivals, work)
    const result = await body(run)
    if (!peer.endsSlowly && !run.abandoned()) await ending.shutdown()
    return result
  } finally {
    arrivals.close()
    work.sweep()
  }
}

/** A row may measure the end; what it leaves running is ended then. */
function endOnce(supervisor: Supervisor): Supervisor {
  let ended: Promise<void> | null = null
  return {
    ...supervisor,
    shutdown() {
      ended ??= supervisor.shutdown()
      return ended
    },
  }
}

function runOf(
  peer: Peer,
  set: ProgramSet,
  supervisor: Supervisor,
  arrivals: Arrivals,
  work: Workspace,
): RunOfPrograms & { abandoned(): boolean } {
  let abandoned = false
  const all = indices(set.count)
  return {
    peer,
    set,
    supervisor,
    arrivals,
    all,
    async boot() {
      const begin = monotonic()
      await supervisor.boot()
      const there = set.autostart ? arrivals.all(all, begin, peer.name) : begin
      const last = await Promise.race([there, supervisor.died ?? there])
      await supervisor.ready()
      return last - begin
    },
    signal(index, name = 'SIGKILL') {
      const known = arrivals.latest.get(index)
      if (known === undefined) throw new Error(`${peer.name}: program ${index} never ran`)
      const pid = supervisor.hostPid?.(known.pid) ?? known.pid
      const at = monotonic()
      process.kill(pid, name)
      return at
    },
    abandon() {
      abandoned = true
    },
    abandoned: () => abandoned,
    async command([file = '', ...args], done) {
      const begin = monotonic()
      const child = work.spawn(file, args)
      await endOf(child, file)
      const end = monotonic()
      if (child.exitCode !== 0) throw new Error(`${file} ${args[0]} ended with ${child.exitCode}`)
      return Math.max(end, await done) - begin
    },
  }
}
