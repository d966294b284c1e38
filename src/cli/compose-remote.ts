/** Keeps an eye on the remote source of a guard's settings; loads nothing for it where there is none. */
import type { ConfigCause } from '../model/config-version.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { RemoteText } from '../model/ports/remote-source.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import {
  type RemoteFact,
  type RemoteReading,
  remoteOrigin,
  remoteRegression,
} from '../model/remote-spec.ts'
import type { RemoteAsked } from './read-remote.ts'

export interface RemoteWatchParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly tell: (happening: GuardHappening) => void
  /** What the source says has changed: it is to be read, with what is known. */
  readonly takeOver: () => void
}

export interface RemoteWatch {
  readonly facts: RemoteFact | undefined
  /** The guard has taken a configuration over, or begins with it. */
  applied(spec: GuardSpec): void
  close(): void
}

/** What the guard knows of its remote source between two readings. */
export interface RemoteMemory {
  /** How a configuration is to be read that is taken for such a cause. */
  asked(cause: ConfigCause): RemoteAsked
  /** It was read with that. */
  note(spec: GuardSpec, remote: RemoteReading | null): void
  /** By whom a change of it is. */
  originOf(remote: RemoteReading | null | undefined, cause: ConfigCause): { origin?: string }
  watch(parts: RemoteWatchParts): RemoteWatch
}

/** Whoever never stops changing is not waited for longer than so many debounces. */
const MOST_DEBOUNCES = 20

/** @param named what the command line or STEAD_REMOTE says of it @param copy where what was good last is kept */
export function remoteMemory(named: string | undefined, copy: string): RemoteMemory {
  const readings = new WeakMap<GuardSpec, RemoteReading | null>()
  /** What of it is in the configuration that runs. */
  let running: RemoteReading | null = null
  /** What it has said since, and is not taken over yet. */
  let offered: { readonly said: RemoteText | null; readonly readAt: string } | null = null

  return {
    asked(cause) {
      const known = running === null ? null : knownOf(running)
      const said = cause === 'remote' && known !== null ? { ...known, ...offered } : known
      const fetch = cause === 'start' || cause === 'apply'
      return { named, fetch, known: said, copy, byHand: cause === 'apply' }
    },
    note: (spec, remote) => void readings.set(spec, remote),
    originOf: (remote, cause) =>
      cause === 'remote' && remote?.said != null
        ? { origin: `remote ${remoteOrigin(remote.name, remote.said)}` }
        : {},
    watch: (parts) => remoteWatch(parts),
  }

  function remoteWatch({ clock, timers, tell, takeOver }: RemoteWatchParts): RemoteWatch {
    /** The source that is watched, by all that is said of it, and what ends that. */
    let watched: { readonly key: string; stop: () => void } | null = null
    let fact = stateOf('up', null)
    let cancel: (() => void) | null = null
    let waitsSince: number | null = null
    let { debounce } = CONFIG_POLICY
    let kept: { readonly name: string; readonly text: string | undefined } | null = null
    let keeping: Promise<unknown> = Promise.resolve()

    function stateOf(
      state: RemoteFact['state'],
      trouble: string | null,
    ): Pick<RemoteFact, 'state' | 'since' | 'trouble'> {
      return { state, since: clock.wall().toISOString(), trouble }
    }

    function say(text: string, severity: 4 | 6): void {
      tell({ type: 'guard', text, severity })
    }

    /** What is there for the next start without a network. */
    function keep({ name, said, readAt }: RemoteReading): void {
      if (readAt === null || (kept?.name === name && kept.text === said?.text)) return
      kept = { name, text: said?.text }
      keeping = keeping
        .then(() => import('../platform/remote/last-good.ts'))
        .then(({ keepLastGood }) => keepLastGood(copy, { source: name, at: readAt, said }))
        .catch((error: unknown) => say(`what ${name} says is not kept: ${String(error)}`, 4))
    }

    function lost(problem: string): void {
      const wasUp = fact.state === 'up'
      fact = wasUp ? stateOf('down', problem) : { ...fact, trouble: problem }
      const text = `the remote source ${running?.name} is lost, and what it said before stays: ${problem}`
      if (wasUp) say(text, 4)
    }

    function refuse(problem: string): void {
      fact = { ...fact, trouble: problem }
      say(`what the remote source ${running?.name} says is not taken over: ${problem}`, 4)
    }

    function changed(said: RemoteText | null): void {
      if (running === null) return
      fact = { ...fact, trouble: null }
      const gone = said === null && !running.spec.optional ? 'it has nothing any more' : null
      const problem = gone ?? remoteRegression(running.said, said)
      if (problem !== null) {
        refuse(problem)
        return
      }
      offered = { said, readAt: clock.wall().toISOString() }
      const now = clock.monotonic()
      waitsSince ??= now
      const left = Math.max(0, waitsSince + debounce * MOST_DEBOUNCES - now)
      cancel?.()
      cancel = timers.after(Math.min(debounce, left), () => {
        waitsSince = null
        takeOver()
      })
    }

    async function begin(of: RemoteReading, mine: NonNullable<typeof watched>): Promise<void> {
      const { remoteSource } = await import('../platform/remote/remote-source.ts')
      const parts = { clock, random: Math.random, variables: process.env }
      const source = await remoteSource(of.spec, parts)
      if (watched !== mine) return
      const listener = {
        changed,
        lost,
        back() {
          fact = stateOf('up', null)
          say(`the remote source ${source.name} is back`, 6)
        },
      }
      mine.stop = source.watch(of.said, listener, of.lost)
    }

    return {
      get facts() {
        if (running === null) return undefined
        const { name, said, readAt } = running
        return { source: name, ...fact, version: said?.version ?? null, readAt }
      },
      applied(next) {
        // Of what was put together out of two configurations nothing was read.
        const reading = readings.get(next) ?? (readings.has(next) ? null : running)
        debounce = (next.config ?? CONFIG_POLICY).debounce
        const isOther = reading?.name !== running?.name
        running = reading
        if (isOther) fact = stateOf('up', null)
        const key = reading?.spec.watch === true ? JSON.stringify(reading.spec) : null
        const isNew = key !== (watched?.key ?? null)
        if (isNew) {
          watched?.stop()
          watched = key === null ? null : { key, stop() {} }
          offered = null
        }
        if (reading === null) return
        if (reading.lost === null && reading.refused === null) keep(reading)
        // Once it is watched, it is the watch that tells how it is.
        if (isNew || watched === null) {
          if (reading.lost !== null) lost(reading.lost)
          else if (reading.refused !== null && watched === null) refuse(reading.refused)
          else fact = stateOf('up', null)
        }
        if (isNew && watched !== null) void begin(reading, watched)
      },
      close() {
        cancel?.()
        watched?.stop()
        watched = null
      },
    }
  }
}

function knownOf({ name, said, readAt }: RemoteReading) {
  return { name, said, readAt }
}
