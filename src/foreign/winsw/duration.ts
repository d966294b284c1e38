const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  sec: 1_000,
  secs: 1_000,
  min: 60_000,
  mins: 60_000,
  hr: 3_600_000,
  hrs: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
}

/** A time of WinSW, `10 sec`, in milliseconds; a bare number is milliseconds there. Null for none. */
export function winswDuration(text: string): number | null {
  const match = /^\s*(\d{1,12})\s*([a-z]*)\s*$/i.exec(text)
  if (match === null) return null
  const unit = match[2] === '' ? 1 : UNITS[(match[2] as string).toLowerCase()]
  return unit === undefined ? null : Number(match[1]) * unit
}
