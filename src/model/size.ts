const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const

/**
 * Reads a size such as `512M` or `1.5G`; units are powers of 1024, as in systemd.resource-control(5).
 *
 * @returns whole bytes, or null where the text is not a size
 */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/.exec(text)
  if (match === null) return null
  const bytes = Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS])
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Writes bytes for people, to one decimal: `536870912` → `512M`. */
export function formatSize(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K'] as const) {
    if (bytes >= UNITS[unit]) return `${Math.round((bytes / UNITS[unit]) * 10) / 10}${unit}`
  }
  return `${bytes}B`
}
