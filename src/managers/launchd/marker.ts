import type { Home } from '../../model/home.ts'
import type { Protocol, RestartWhen, ServiceSpec, StartType } from '../../model/service-spec.ts'

/**
 * What stead writes into a plist beside what launchd reads: whose the service is, and settings for
 * which launchd has no key. It is one line of JSON in an XML comment, which launchd never sees.
 */
export interface Marker {
  readonly version: 1
  /** The installation it belongs to: {@link Home.root}, or its `specs` directory without a root. */
  readonly home: string
  readonly protocol: Protocol
  readonly startType: StartType
  readonly displayName: string | null
  readonly description: string | null
  readonly restart: RestartWhen
  /** Milliseconds. */
  readonly startTimeout: number
  readonly stopTimeout: number
}

export function homeMark(home: Home): string {
  return home.root ?? home.specs
}

export function markerOf(spec: ServiceSpec, home: Home): Marker {
  return {
    version: 1,
    home: homeMark(home),
    protocol: spec.protocol,
    startType: spec.startType,
    displayName: spec.displayName,
    description: spec.description,
    restart: spec.restart.when,
    startTimeout: spec.startTimeout,
    stopTimeout: spec.stopTimeout,
  }
}

/** Text for an XML comment: ASCII, and without the `--` that would end it. */
export function formatMarker(marker: Marker): string {
  const json = JSON.stringify(marker).replace(
    /[^ -~]|-/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `stead ${json}`
}

/** The marker in a plist; null where stead did not write it, or a later stead did. */
export function readMarker(plist: string): Marker | null {
  const json = /^<!-- stead (\{.*\}) -->$/m.exec(plist)?.[1]
  if (json === undefined) return null
  try {
    const value = JSON.parse(json) as Marker
    return value.version === 1 ? value : null
  } catch {
    return null
  }
}
