import type { GuardEvent } from './guard-event.ts'
import type { HttpAccess } from './log-sink.ts'
import { nameGlob } from './name-glob.ts'

/** Who is told what happens, as it happens: in order, and at least once. */
export interface EventOutlets {
  readonly webhooks: readonly EventWebhook[]
  readonly listeners: readonly EventListener[]
}

export const EVENT_KINDS = [
  'phase',
  'ready',
  'health',
  'want',
  'exit',
  'recovered',
  'survivors',
  'added',
  'removed',
  'changed',
  'group',
  'parameter',
  'sink',
  'config',
  'guard',
] as const satisfies readonly GuardEvent['type'][]

/** Which events: empty for all. */
export interface EventFilter {
  /** Names or globs of services; events that are about none are left out then. */
  readonly services: readonly string[]
  readonly kinds: readonly GuardEvent['type'][]
}

/** One event is one `POST` of JSON; an answer of 200 to 299 acknowledges it. */
export interface EventWebhook extends EventFilter, HttpAccess {
  /** By it the guard knows how far it was told, also when its address is another. */
  readonly name: string
  readonly url: string
  /** A file with the key of the signature (HMAC-SHA256); absolute; null for none. */
  readonly secretFile: string | null
}

/** A program that gets one event a line, and answers each with `ok`. */
export interface EventListener extends EventFilter {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** Absolute. */
  readonly cwd: string
  readonly user: string | null
  /** Milliseconds that an answer may take; it is ended then, and started anew. */
  readonly timeout: number
}

/** How an outlet is at present. */
export interface OutletFact {
  /** `webhook NAME` or `listener NAME`. */
  readonly outlet: string
  readonly state: 'idle' | 'up' | 'down'
  /** Number of the next event that it is told. */
  readonly next: number
  /** Events from there on, those among them that are not for it. */
  readonly behind: number
  readonly told: number
  /** Events that were no longer kept when their turn came. */
  readonly lost: number
  readonly trouble: string | null
}

/** What is told in the place of events that are no longer kept. */
export interface EventGapNotice {
  readonly number: number
  readonly type: 'gap'
  readonly from: number
  readonly to: number
  readonly lost: number
}

/** Whether an event is for one who asked for these. */
export function eventFilter({ services, kinds }: EventFilter): (event: GuardEvent) => boolean {
  const globs = services.map(nameGlob)
  return (event) => {
    if (kinds.length > 0 && !kinds.includes(event.type)) return false
    if (globs.length === 0) return true
    if (!('id' in event)) return false
    const service = event.id.replace(/@\d+$/, '')
    return globs.some((glob) => glob.test(service) || glob.test(event.id))
  }
}
