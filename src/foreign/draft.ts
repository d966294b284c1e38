import { type Loss, MAX_LOSSES, type Place } from './loss.ts'

/** What an import has gathered so far, by the names that the other supervisor has. */
export interface Draft {
  /** Told at the head of the file. */
  readonly notes: string[]
  readonly losses: Loss[]
  readonly services: DraftService[]
  readonly groups: DraftGroup[]
  readonly defaults: Record<string, unknown>
  /** What the guard is to be called; null for as the directory. */
  project: string | null
}

export interface DraftGroup {
  readonly name: string
  readonly place: Place
  readonly services: readonly string[]
}

/** One service, and where each of its settings was written. */
export interface DraftService {
  readonly name: string
  readonly place: Place
  readonly settings: Record<string, unknown>
  readonly origins: Map<string, Origin>
  readonly notes: string[]
  /** Sets it, unless the value is undefined. */
  set(setting: string, value: unknown, origin?: Partial<Origin>): void
  /** A comment above it: something is not as it was. */
  note(text: string): void
  lose(setting: string, place: Place, why: string, instead?: string | null): void
}

interface Origin {
  readonly place: Place
  /** The name that it has there. */
  readonly setting: string
}

/** As much as a stead.yaml may have: what is beyond it is no configuration. */
const MAX_SERVICES = 2_000

export function emptyDraft(): Draft {
  return { notes: [], losses: [], services: [], groups: [], defaults: {}, project: null }
}

/** Adds a loss that is about no service alone. */
export function lose(draft: Draft, loss: Loss): void {
  if (draft.losses.length < MAX_LOSSES) draft.losses.push(loss)
}

/** A new service of the draft; one too many is lost. */
export function addService(draft: Draft, name: string, place: Place): DraftService {
  const settings: Record<string, unknown> = {}
  const origins = new Map<string, Origin>()
  const notes: string[] = []
  const service: DraftService = {
    name,
    place,
    settings,
    origins,
    notes,
    set(setting, value, origin = {}) {
      if (value === undefined) return
      settings[setting] = value
      origins.set(setting, { place, setting, ...origin })
    },
    note(text) {
      if (!notes.includes(text)) notes.push(text)
    },
    lose: (setting, at, why, instead = null) =>
      lose(draft, { service: name, setting, ...at, why, instead }),
  }
  if (draft.services.length < MAX_SERVICES) draft.services.push(service)
  else service.lose('', place, `there are more than ${MAX_SERVICES} programs`)
  return service
}

/** A map of a setting such as `env`, to add to; made where there is none. */
export function mapOf(service: DraftService, setting: string): Record<string, unknown> {
  const known = service.settings[setting]
  if (typeof known === 'object' && known !== null) return known as Record<string, unknown>
  const made: Record<string, unknown> = {}
  service.set(setting, made)
  return made
}
