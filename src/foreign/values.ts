import { parseDuration } from '../model/duration.ts'
import { sizeText } from './written.ts'

/** `1m30s`, `1.5h`, `500us` of Go and Docker, as stead writes it; a bare number is seconds. Null for none. */
export function durationText(text: string): string | null {
  const plain = text.trim().replace(/^\+/, '')
  const small = /^\d+(\.\d+)?(us|µs|ns)$/.test(plain) ? '1ms' : plain
  return parseDuration(small) === null ? null : small
}

/** `512m`, `1.5gb`, `1073741824`; units of 1024. Null for none. */
export function byteText(text: string): string | number | null {
  const match = /^\s*(\d{1,15}(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text)
  if (match === null) return null
  const unit =
    { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }[match[2]?.toLowerCase() ?? ''] ?? 1
  return sizeText(Math.round(Number(match[1]) * unit))
}

export function wholeOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}

export function truthOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : null
}
