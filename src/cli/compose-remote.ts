/** The remote source of a guard's settings; loads nothing for it where there is none. */
import type { ConfigCause } from '../model/config-version.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { type RemoteFact, type RemoteReading, remoteOrigin } from '../model/remote-spec.ts'
import { type FollowerParts, followRemote } from './follow-remote.ts'
import type { KnownRemote, RemoteAsked } from './read-remote.ts'
import type { RemoteAcceptance } from './remote-acceptance.ts'

export interface RemoteWatchParts extends Pick<FollowerParts, 'clock' | 'timers'> {
  readonly tell: (happening: GuardHappening) => void
  /** What the source says has changed: it is to be read, with what is known. */
  readonly takeOver: () => void
}

export interface RemoteWatch {
  readonly facts: RemoteFact | undefined
  /** The guard has taken a configuration over, or begins with it. */
  applied(spec: GuardSpec): void
  /** What was taken over is kept for the next start. */
  kept(): Promise<unknown>
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

export interface RemoteMemoryParts {
  /** What the command line or STEAD_REMOTE says of it. */
  readonly named: string | undefined
  /** Where what was good last is kept. */
  readonly copy: string
  /** By what it is believed; null where it need not be signed. */
  readonly acceptance: RemoteAcceptance | null
}

export function remoteMemory({ named, copy, acceptance }: RemoteMemoryParts): RemoteMemory {
  const readings = new WeakMap<GuardSpec, RemoteReading | null>()
  /** What of it is in the configuration that runs. */
  let running: RemoteReading | null = null
  /** What it has said since. */
  let offered: KnownRemote | null = null

  return {
    asked(cause) {
      const known = cause === 'remote' && offered?.name === running?.name ? offered : running
      const fetch = cause === 'start' || cause === 'apply'
      const byHand = cause === 'apply'
      const trust = acceptance?.trust() ?? null
      return { named, fetch, known: known && knownOf(known), copy, byHand, older: byHand, trust }
    },
    note: (spec, remote) => void readings.set(spec, remote),
    originOf: (remote, cause) =>
      cause === 'remote' && remote?.said != null
        ? { origin: `remote ${remoteOrigin(remote.name, remote.said)}` }
        : {},
    watch({ clock, timers, tell, takeOver }) {
      const follower = followRemote({
        ...{ copy, clock, timers, acceptance, isSigned: acceptance !== null },
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
        kept: follower.kept,
        close: follower.close,
      }
    },
  }
}

/** What was heard of it is still to be verified, and has no `signed`. */
function knownOf({ name, said, readAt, signed }: KnownRemote): KnownRemote {
  return { name, said, readAt, ...(signed === undefined ? {} : { signed }) }
}
