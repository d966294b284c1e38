/** Processes that exist in memory only: they live, fail, ignore signals and leave others behind as a seed says. */
import type { Exit } from '../../src/model/exit.ts'
import type {
  Child,
  FoundProcess,
  ProcessIdentity,
  Spawner,
} from '../../src/model/ports/spawner.ts'
import type { Timers } from '../../src/model/ports/timers.ts'

export interface Behaviour {
  readonly spawnError: string | null
  /** Milliseconds until it ends by itself; null for never. */
  readonly endsAfter: number | null
  readonly exit: Exit
  readonly ignoresTerm: boolean
  /** Milliseconds from the signal to the end. */
  readonly stopsWithin: number
  /** Descendants that outlive the leader, and whether they ignore SIGTERM. */
  readonly leaves: readonly { readonly ignoresTerm: boolean; readonly endsAfter: number | null }[]
}

export interface SimulatedProcess {
  readonly identity: ProcessIdentity
  readonly environment: Readonly<Record<string, string>>
  /** It is what the guard takes for the program. */
  isLeader: boolean
  readonly key: string
  /** The program. */
  readonly file: string
  alive: boolean
  /** The memory that it was last held to while it lived. */
  memory?: number | null
  readonly end: (exit: Exit) => void
  /** Another process of its tree, of its kind. */
  readonly fork: () => SimulatedProcess
}

export interface SimulatedProcesses {
  /** What a guard gets; the processes outlive it. */
  spawner(): Spawner
  readonly processes: readonly SimulatedProcess[]
  /** Everything that lives of an instance, `service@instance`. */
  living(key: string): readonly SimulatedProcess[]
  starts: number
}

export function simulatedProcesses(
  timers: Timers,
  behave: (key: string, file: string) => Behaviour,
  onSpawn: (key: string) => void,
): SimulatedProcesses {
  const all: SimulatedProcess[] = []
  let nextPid = 100
  let starts = 0

  function create(
    key: string,
    file: string,
    environment: Readonly<Record<string, string>>,
    isLeader: boolean,
    onEnd: (exit: Exit) => void,
  ): SimulatedProcess {
    const pid = nextPid++
    const process: SimulatedProcess = {
      identity: { pid, birth: String(pid), boot: 'one' },
      environment,
      isLeader,
      key,
      file,
      alive: true,
      end(exit) {
        if (!process.alive) return
        process.alive = false
        onEnd(exit)
      },
      fork() {
        const child: SimulatedProcess = create(key, file, environment, false, (exit) =>
          listeners.get(child)?.(exit),
        )
        const behaviour = behaviourOf.get(process)
        if (behaviour !== undefined) behaviourOf.set(child, behaviour)
        return child
      },
    }
    all.push(process)
    return process
  }

  const living = (key: string): SimulatedProcess[] => all.filter((p) => p.alive && p.key === key)

  return {
    processes: all,
    living,
    get starts() {
      return starts
    },
    spawner(): Spawner {
      let open = true
      const watched = new Map<number, (exit: Exit) => void>()
      const told = (pid: number, exit: Exit): void => {
        if (open) watched.get(pid)?.(exit)
        watched.delete(pid)
      }
      const behaviours = behaviourOf
      const childOf = (leader: SimulatedProcess, own: boolean): Child => ({
        identity: leader.identity,
        own,
        signal(name, to) {
          const targets = to === 'leader' ? [leader].filter((p) => p.alive) : tree(leader)
          for (const target of targets) signal(target, name)
          return targets.map(({ identity }) => identity.pid)
        },
        survivors: () => tree(leader).map(({ identity }) => identity),
        limit({ memory }) {
          leader.memory = memory
        },
      })
      const tree = (leader: SimulatedProcess): SimulatedProcess[] =>
        all.filter(
          (p) =>
            p.alive && p.environment.STEAD_INCARNATION === leader.environment.STEAD_INCARNATION,
        )
      const signal = (target: SimulatedProcess, name: string): void => {
        const behaviour = behaviours.get(target)
        if (name === 'SIGKILL') {
          timers.after(1, () => target.end({ kind: 'signal', signal: 'SIGKILL' }))
        } else if (name === 'SIGTERM' && behaviour !== undefined && !behaviour.ignoresTerm) {
          timers.after(behaviour.stopsWithin, () =>
            target.end({ kind: 'signal', signal: 'SIGTERM' }),
          )
        }
      }
      return {
        spawn(request, onExit) {
          const key = `${request.env.STEAD_SERVICE}@${request.env.STEAD_INSTANCE}`
          const behaviour = behave(key, request.file)
          if (behaviour.spawnError !== null) {
            const failure = { errno: behaviour.spawnError, what: request.file, remedy: 'mend it' }
            return { child: null, failure }
          }
          onSpawn(key)
          starts += 1
          const leader = create(key, request.file, request.env, true, (exit) => {
            for (const left of behaviours.get(leader)?.leaves ?? []) {
              const orphan: SimulatedProcess = create(
                key,
                request.file,
                request.env,
                false,
                (end) => listeners.get(orphan)?.(end),
              )
              behaviours.set(orphan, { ...behaviour, ignoresTerm: left.ignoresTerm })
              if (left.endsAfter !== null) {
                timers.after(left.endsAfter, () => orphan.end({ kind: 'code', code: 0 }))
              }
            }
            listeners.get(leader)?.(exit)
          })
          behaviours.set(leader, behaviour)
          listeners.set(leader, (exit) => told(leader.identity.pid, exit))
          watched.set(leader.identity.pid, onExit)
          if (behaviour.endsAfter !== null) {
            timers.after(Math.max(1, behaviour.endsAfter), () => leader.end(behaviour.exit))
          }
          return { child: childOf(leader, true), failure: null }
        },
        adopt(identity, onExit) {
          const found = all.find((p) => p.alive && p.identity.birth === identity.birth)
          if (found === undefined) return null
          listeners.set(found, () => told(found.identity.pid, { kind: 'unknown' }))
          watched.set(found.identity.pid, onExit)
          return childOf(found, false)
        },
        follow(child, { pid }, onExit) {
          const old = all.find((p) => p.identity.birth === child.identity.birth)
          const found = all.find((p) => p.alive && p.identity.pid === pid)
          if (old === undefined || found === undefined || !tree(old).includes(found)) return null
          old.isLeader = false
          // What it would leave behind is the tree of its successor.
          const behaviour = behaviours.get(old)
          if (behaviour !== undefined) behaviours.set(old, { ...behaviour, leaves: [] })
          found.isLeader = true
          listeners.set(found, (exit) => told(pid, exit))
          watched.set(pid, onExit)
          return childOf(found, false)
        },
        findByEnvironment: (name, value): FoundProcess[] =>
          all.filter((p) => p.alive && p.environment[name] === value),
        close() {
          open = false
        },
      }
    },
  }
}

const behaviourOf = new WeakMap<SimulatedProcess, Behaviour>()
const listeners = new WeakMap<SimulatedProcess, (exit: Exit) => void>()
