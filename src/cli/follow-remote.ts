/** Follows the remote source that a configuration was read from: tells of it, keeps a copy, hears of changes. */
import type { Clock } from '../model/ports/clock.ts'
import type { RemoteSource, RemoteText } from '../model/ports/remote-source.ts'
import type { Timers } from '../model/ports/timers.ts'
import {
  type RemoteFact,
  type RemoteReading,
  type RemoteSpec,
  remoteRegression,
} from '../model/remote-spec.ts'
import type { KnownRemote } from './read-remote.ts'
import type { RemoteAcceptance } from './remote-acceptance.ts'

export interface FollowerParts {
  /** Where the copy of what was good last is kept. */
  readonly copy: string
  readonly clock: Clock
  readonly timers: Timers
  /** Severities are those of syslog: a warning, or what is only to be known. */
  readonly say: (text: string, severity: 4 | 6) => void
  /** It says something else, and has said so for as long as changes are waited for. */
  readonly changed: (known: KnownRemote) => void
  /** What it says has to be signed, and comes with its signature. */
  readonly isSigned?: boolean
  /** Told of what was signed as it is taken; left out where somebody else remembers that. */
  readonly acceptance?: RemoteAcceptance | null
  /** Makes the source; by its kind unless given. */
  readonly open?: (spec: RemoteSpec) => Promise<RemoteSource>
}

export interface RemoteFollower {
  /** Undefined where there is no source. */
  readonly fact: RemoteFact | undefined
  /** A configuration was taken: with that of a source, or none. @param debounce in milliseconds */
  taken(reading: RemoteReading | null, debounce: number): void
  /** What was taken is on the disk, or it was told why not. */
  kept(): Promise<unknown>
  close(): void
}

/** Whoever never stops changing is not waited for longer than so many debounces. */
const MOST_DEBOUNCES = 20

/** What is needed to speak with a source is loaded when there is one that is watched. */
export function followRemote({
  copy,
  clock,
  timers,
  say,
  changed,
  isSigned = false,
  acceptance = null,
  open = (spec) => opened(spec, isSigned),
}: FollowerParts): RemoteFollower {
  /** What of it is in the configuration that runs. */
  let running: RemoteReading | null = null
  /** The source that is watched, by all that is said of it, and what ends that. */
  let watched: { readonly key: string; stop: () => void } | null = null
  let state = stateOf('up', null)
  /** Why what it says is not believed; that stays so while it is away. */
  let unbelieved: string | null = null
  let cancel: (() => void) | null = null
  let waitsSince: number | null = null
  let debounce = 0
  /** What is on the disk, or on its way there. */
  let kept: string | null = null
  let keeping: Promise<unknown> = Promise.resolve()

  function stateOf(
    to: RemoteFact['state'],
    trouble: string | null,
  ): Pick<RemoteFact, 'state' | 'since' | 'trouble'> {
    return { state: to, since: clock.wall().toISOString(), trouble }
  }

  /** What is there for the next start without a network. */
  function keep({ name, said, readAt, signed }: RemoteReading): void {
    if (readAt === null) return
    if (signed !== null) acceptance?.take(name, signed)
    const now = JSON.stringify([name, said?.text, said?.signature])
    if (kept === now) return
    kept = now
    keeping = keeping
      .then(() => import('../platform/remote/last-good.ts'))
      .then(({ keepLastGood }) => keepLastGood(copy, { source: name, at: readAt, said }))
      // Later than the copy: one that is older than what is remembered would be refused.
      .then(() => (signed === null ? undefined : acceptance?.keep()))
      .catch((error: unknown) => say(`what ${name} says is not kept: ${String(error)}`, 4))
  }

  function lost(problem: string): void {
    const wasUp = state.state === 'up'
    state = wasUp ? stateOf('down', problem) : { ...state, trouble: problem }
    const text = `the remote source ${running?.name} is lost, and what it said before stays: ${problem}`
    if (wasUp) say(text, 4)
  }

  function refuse(problem: string): void {
    unbelieved = problem
    state = { ...state, trouble: problem }
    say(`what the remote source ${running?.name} says is not taken over: ${problem}`, 4)
  }

  function heard(said: RemoteText | null): void {
    if (running === null) return
    unbelieved = null
    state = { ...state, trouble: null }
    const mayBeGone = running.spec.optional && running.signed === null
    const gone = said === null && !mayBeGone ? 'it has nothing any more' : null
    const problem = gone ?? remoteRegression(running.said, said)
    // What was heard before is not what it says any more.
    cancel?.()
    if (problem !== null) {
      waitsSince = null
      refuse(problem)
      return
    }
    const known = { name: running.name, said, readAt: clock.wall().toISOString() }
    const now = clock.monotonic()
    waitsSince ??= now
    const left = Math.max(0, waitsSince + debounce * MOST_DEBOUNCES - now)
    cancel = timers.after(Math.min(debounce, left), () => {
      waitsSince = null
      changed(known)
    })
  }

  async function begin(of: RemoteReading, mine: NonNullable<typeof watched>): Promise<void> {
    const source = await open(of.spec)
    if (watched !== mine) return
    const listener = {
      changed: heard,
      lost,
      back() {
        state = stateOf('up', unbelieved)
        say(`the remote source ${source.name} is back`, 6)
      },
    }
    mine.stop = source.watch(of.said, listener, of.lost)
  }

  return {
    get fact() {
      if (running === null) return undefined
      const { name, said, readAt } = running
      return { source: name, ...state, version: said?.version ?? null, readAt }
    },
    taken(reading, wait) {
      debounce = wait
      if (reading?.name !== running?.name) state = stateOf('up', null)
      running = reading
      const key = reading?.spec.watch === true ? JSON.stringify(reading.spec) : null
      const isNew = key !== (watched?.key ?? null)
      if (isNew) {
        watched?.stop()
        watched = key === null ? null : { key, stop() {} }
        unbelieved = null
      }
      if (reading === null) return
      const { lost: away, refused } = reading
      if (away === null && refused === null) keep(reading)
      // Once it is watched, it is the watch that tells how it is.
      if (isNew || watched === null) {
        if (away !== null) lost(away)
        else if (refused !== null && watched === null) refuse(refused)
        else state = stateOf('up', null)
      }
      if (isNew && watched !== null) void begin(reading, watched)
    },
    kept: () => keeping,
    close() {
      cancel?.()
      watched?.stop()
      watched = null
    },
  }
}

async function opened(spec: RemoteSpec, isSigned: boolean): Promise<RemoteSource> {
  const { openRemote } = await import('./remote-signature.ts')
  return openRemote(spec, isSigned, process.env)
}
