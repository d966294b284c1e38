import { formatDuration } from '../../model/duration.ts'

/** To the second, and from a day on to the hour: nobody reads more. */
export function ageText(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000))
  return formatDuration((seconds < 86_400 ? seconds : seconds - (seconds % 3_600)) * 1000)
}
