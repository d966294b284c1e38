import type { Home } from '../../model/home.ts'
import type { Protocol, ServiceSpec, StartType } from '../../model/service-spec.ts'
import { settingsForGuard } from './by-itself.ts'

/** What a unit that stead wrote says of itself, in a section that systemd ignores (systemd.syntax(7), "X-"). */
export interface Marker {
  /** Root of the stead home that wrote it; null for the platform's own directories. */
  readonly home: string | null
  readonly protocol: Protocol
  readonly startType: StartType
  readonly displayName: string | null
  /** As it was given; `Description=` shows it on one line. */
  readonly description: string | null
}

const FORMAT = 1

/** The section, with every value as JSON: one line each, and never a backslash at its end. */
export function renderMarker(spec: ServiceSpec, home: Home): string[] {
  const marker: Marker = {
    home: home.root,
    // A guard speaks the protocol, whatever its program does.
    protocol: settingsForGuard(spec).length === 0 ? spec.protocol : 'native',
    startType: spec.startType,
    displayName: spec.displayName,
    description: spec.description,
  }
  return [
    '[X-Stead]',
    `Format=${FORMAT}`,
    ...Object.entries(marker).map(([key, value]) => `${capitalised(key)}=${JSON.stringify(value)}`),
  ]
}

/** The marker in the text of a unit file; null for a unit that stead did not write. */
export function parseMarker(unit: string): Marker | null {
  const lines = unit.split('\n')
  const start = lines.indexOf('[X-Stead]')
  if (start < 0) return null
  const values = new Map<string, unknown>()
  for (const line of lines.slice(start + 1)) {
    if (line.startsWith('[')) break
    const [key, json] = split(line)
    if (json !== null) values.set(key, json)
  }
  if (values.get('Format') !== FORMAT) return null
  return {
    home: text(values.get('Home')),
    protocol: values.get('Protocol') === 'native' ? 'native' : 'none',
    startType: (text(values.get('StartType')) ?? 'manual') as StartType,
    displayName: text(values.get('DisplayName')),
    description: text(values.get('Description')),
  }
}

function split(line: string): [string, unknown] {
  const at = line.indexOf('=')
  if (at < 0) return [line, null]
  try {
    return [line.slice(0, at), JSON.parse(line.slice(at + 1))]
  } catch {
    return [line, null]
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function capitalised(key: string): string {
  return key.slice(0, 1).toUpperCase() + key.slice(1)
}
