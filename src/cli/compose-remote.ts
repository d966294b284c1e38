/** The remote source of a guard's settings; loads nothing for it where there is none. */
import type { ConfigCause } from '../model/config-version.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { type RemoteFact, type RemoteReading, remoteOrigin } from '../model/remote-spec.ts'
import { type FollowerParts, followRemote } from './follow-remote.ts'
import type { KnownRemote, RemoteAsked } from './read-remote.ts'

export interface RemoteWatchParts extends Pick<FollowerParts, 'clock' | 'timers'> {
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

/** @param named what the command line or STEAD_REMOTE says of it @param copy where what was good last is kept */
export function remoteMemory(named: string | undefined, copy: string): RemoteMemory {
  const readings = new WeakMap<GuardSpec, RemoteReading | null>()
  /** What of it is in the configuration that runs. */
  let running: RemoteReading | null = null
  /** What it has said since. */
  let offered: KnownRemote | null = null

  return {
    asked(cause) {
      const known =
        cause === 'remote' && offered?.name === running?.name
          ? offered
          : running && { name: running.name, said: running.said, readAt: running.readAt }
      const fetch = cause === 'start' || cause === 'apply'
      const byHand = cause === 'apply'
      return { named, fetch, known, copy, byHand, older: byHand }
    },
    note: (spec, remote) => void readings.set(spec, remote),
    originOf: (remote, cause) =>
      cause === 'remote' && remote?.said != null
        ? { origin: `remote ${remoteOrigin(remote.name, remote.said)}` }
        : {},
    watch({ clock, timers, tell, takeOver }) {
      const follower = followRemote({
        ...{ copy, clock, timers },
        say: (text, severity) => tell({ type: 'guard', text, severity }),
        changed(known) {
          offered = known
          takeOver()
        },
      })
      return {
        get facts() {
          return follower.fact
        },
        applied(next) {
          // Of what was put together out of two configurations nothing was read.
          if (readings.has(next)) running = readings.get(next) ?? null
          follower.taken(running, (next.config ?? CONFIG_POLICY).debounce)
        },
        close: follower.close,
      }
    },
  }
}
