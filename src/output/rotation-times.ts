/**
 * The last time at or before `now` at which a log that is rotated every `every` milliseconds was due:
 * counted from local midnight, so that "every 6 hours" is 0, 6, 12 and 18 o'clock. Longer than a day
 * is whole days, counted from 1 January 1970.
 */
export function lastRotationTime(now: number, every: number): number {
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  if (every <= DAY)
    return midnight.getTime() + Math.floor((now - midnight.getTime()) / every) * every
  const local = Date.UTC(midnight.getFullYear(), midnight.getMonth(), midnight.getDate()) / DAY
  midnight.setDate(midnight.getDate() - (local % Math.round(every / DAY)))
  return midnight.getTime()
}

const DAY = 86_400_000
