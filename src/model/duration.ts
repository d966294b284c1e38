const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof UNITS

/** Longest duration accepted: 100 years; anything beyond is a typing error. */
export const MAX_DURATION_MS = 100 * 365 * UNITS.d

/**
 * Reads a duration such as `200ms`, `5s`, `1m30s`, `1.5h`; a bare number is seconds, as in systemd.time(7).
 *
 * @returns whole milliseconds, or null where the text is not a duration
 */
export function parseDuration(text: string): number | null {
  const bare = /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(bare)) return null
  let total = 0
  for (const [, amount, unit] of bare.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * UNITS[unit as Unit]
  }
  return total <= MAX_DURATION_MS ? Math.round(total) : null
}

/** Writes milliseconds so that {@link parseDuration} reads the same number back: `90000` → `1m30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  let rest = milliseconds
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / UNITS[unit])
    rest -= amount * UNITS[unit]
    if (amount > 0) text += `${amount}${unit}`
  }
  return text
}
