import type { Exposition } from './exposition.ts'

/**
 * What a scraper wants, by its `Accept` (RFC 9110, 12.5.1): OpenMetrics where it names it and likes it
 * as much as plain text; the format of Prometheus for all others, also for those that accept anything.
 */
export function negotiated(accept: string | undefined): Exposition {
  const open = qualityOf(accept, 'application/openmetrics-text')
  const plain = Math.max(
    qualityOf(accept, 'text/plain'),
    qualityOf(accept, 'text/*'),
    qualityOf(accept, '*/*'),
  )
  return open > 0 && open >= plain ? 'openmetrics' : 'prometheus'
}

/** More than this of a header is looked at by nobody. */
const LONGEST = 4_096

function qualityOf(accept: string | undefined, type: string): number {
  let best = 0
  for (const part of (accept ?? '').slice(0, LONGEST).split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    if (name !== type) continue
    // Another version than ours is another format.
    const version = parameters.find((word) => word.startsWith('version='))
    if (type === 'application/openmetrics-text' && !isOurs(version)) continue
    const quality = parameters.find((word) => word.startsWith('q='))
    const value = quality === undefined ? 1 : Number(quality.slice(2))
    if (value > best && value <= 1) best = value
  }
  return best
}

function isOurs(version: string | undefined): boolean {
  return version === undefined || /^version="?1\.0\.0"?$/.test(version)
}
