import type { InstanceStatus } from '../model/guard-status.ts'

/** An age to its two largest units: `41s`, `3m12s`, `5h07m`, `12d3h`. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ]
  const two = (value: number): string => String(value).padStart(2, '0')
  if (days > 0) return `${days}d${hours % 24}h`
  if (hours > 0) return `${hours}h${two(minutes % 60)}m`
  return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`
}

/** Since a time that a guard told; empty where there is none. */
export function since(iso: string | null, now: number): string {
  const at = Date.parse(iso ?? '')
  return Number.isNaN(at) ? '' : ageText(now - at)
}

/** Bytes in at most five characters: `512M`, `1.5G`, `23.4M`. */
export function bytesText(bytes: number): string {
  let value = bytes
  for (const unit of ['B', 'K', 'M', 'G'] as const) {
    if (value < 1_000)
      return `${value < 100 && unit !== 'B' ? value.toFixed(1) : Math.round(value)}${unit}`
    value /= 1024
  }
  return `${value < 100 ? value.toFixed(1) : Math.round(value)}T`
}

/** Per cent of a core. */
export function cpuText(share: number): string {
  return share < 99.95 ? share.toFixed(1) : String(Math.round(share))
}

/** Times of day are those of the logs: UTC. */
export function clockText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 19)}Z`
}

/** Why it is as it is, and what happens next by itself. */
export function whyText({ why, next }: InstanceStatus, now: number): string {
  if (next === null) return why
  const wait = Math.max(0, Date.parse(next.at) - now) / 1000
  return `${why}; ${next.what} in ${wait < 10 ? `${wait.toFixed(1)}s` : ageText(wait * 1000)}`
}

/** Whether a running one is what it should be, in a word. */
export function readyText({ phase, ready, health }: InstanceStatus): string {
  if (phase !== 'running') return '-'
  if (health !== 'unknown') return health
  return ready ? 'yes' : 'no'
}
