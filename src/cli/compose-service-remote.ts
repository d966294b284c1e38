/** The remote source of the settings of a program that is a service. */
import { resolve } from 'node:path'
import type { Layer } from '../config/layers/layer.ts'
import { isSteadError, SteadError } from '../errors.ts'
import { CONFIG_POLICY } from '../model/config-version.ts'
import type { RemoteReading, RemoteSpec } from '../model/remote-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { systemTimers } from '../platform/timers.ts'
import { followRemote } from './follow-remote.ts'
import type { KnownRemote } from './read-remote.ts'
import { remoteAcceptance } from './remote-acceptance.ts'
import { serviceState } from './service-state.ts'

export interface ServiceRemote {
  /** Reads all layers with what the source says. @throws what `check` throws, REMOTE_UNAVAILABLE, USAGE */
  load<T>(check: (layer: Layer | null) => Promise<T>): Promise<T>
  watch(changed: () => void): () => void
  /** What was loaded last is taken: what was signed before it is refused from now on. */
  taken(): Promise<void>
  onTold(tell: (text: string, severity: 4 | 6) => void): void
}

export interface ServiceRemoteParts {
  /** An address, or a file that describes the source. */
  readonly named: string
  /** What it is for. */
  readonly service: string
  /** The file of the public keys that are trusted; null where it need not be signed. */
  readonly keys: string | null
}

export function serviceRemote({ named, service, keys }: ServiceRemoteParts): ServiceRemote {
  const copy = serviceState('remote', service)
  const acceptance =
    keys === null
      ? null
      : remoteAcceptance(resolve(keys), `${serviceState('signatures', service)}.remote.json`)
  let tell: (text: string, severity: 4 | 6) => void = () => {}
  let changed: (() => void) | null = null
  let spec: RemoteSpec | null = null
  let running: RemoteReading | null = null
  /** What it has said since the last reading. */
  let offered: KnownRemote | null = null
  const follower = followRemote({
    ...{ copy, clock: systemClock(), timers: systemTimers(), isSigned: acceptance !== null },
    say: (text, severity) => tell(text, severity),
    changed(known) {
      offered = known
      changed?.()
    },
  })

  return {
    async load(check) {
      const { loadWithRemote, namedRemote } = await import('./read-remote.ts')
      try {
        spec ??= namedRemote(named, process.env, null)
        const known = offered ?? running
        const isFirst = running === null
        // A restart is what somebody does who wants an older one to be taken.
        const trust = acceptance?.trust() ?? null
        const fetch = offered === null
        const asked = { fetch, known, copy, byHand: !isFirst, older: isFirst, trust }
        offered = null
        const { loaded, remote } = await loadWithRemote(spec, asked, process.env, check)
        running = remote
        const watches = spec.watch && changed !== null
        const { debounce } = CONFIG_POLICY
        follower.taken({ ...remote, spec: { ...spec, watch: watches } }, debounce)
        return loaded
      } catch (error) {
        if (!isSteadError(error, 'GUARD_FILE_INVALID')) throw error
        throw new SteadError('CONFIG_INVALID', error.params, { cause: error })
      }
    },
    watch(call) {
      changed = call
      return () => {
        changed = null
        follower.close()
      }
    },
    async taken() {
      if (running === null || running.signed === null || acceptance === null) return
      acceptance.take(running.name, running.signed)
      // A copy that is older than what is remembered would be refused.
      await follower.kept()
      await acceptance.keep()
    },
    onTold(call) {
      tell = call
    },
  }
}
