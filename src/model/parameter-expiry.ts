import type { SetParameters } from './parameter.ts'
import { timeLeft } from './parameter-change.ts'
import type { Clock } from './ports/clock.ts'

/** A clock that is set is noticed within that time, while there are values for a time; milliseconds. */
export const LONGEST_WAIT = 60_000

export interface Unexpired {
  readonly kept: SetParameters
  readonly expired: readonly string[]
  /** Milliseconds until it should be looked again; null for never. */
  readonly next: number | null
}

/**
 * Which values for a time are over. Their end is a time of day, so that it holds over restarts of
 * everybody; who has seen one counts on a clock that does not jump as well, and whichever end comes
 * first is it: a clock that is put back gives nobody more time.
 */
export interface ParameterExpiry {
  /** @param whose tells the sets of different services apart */
  look(whose: string, set: SetParameters): Unexpired
}

export function parameterExpiry({
  wall,
  monotonic,
}: Pick<Clock, 'wall' | 'monotonic'>): ParameterExpiry {
  const ends = new Map<string, Map<string, number>>()
  return {
    look(whose, set) {
      const before = ends.get(whose)
      const mine = new Map<string, number>()
      const expired: string[] = []
      let next: number | null = null
      const kept = Object.entries(set).filter(([name, one]) => {
        const left = timeLeft(one, wall())
        if (left === null) return true
        const key = `${name} ${one.at} ${one.until}`
        const end = before?.get(key) ?? monotonic() + left
        mine.set(key, end)
        const rest = Math.min(left, end - monotonic())
        if (rest <= 0) return void expired.push(name)
        next = Math.min(next ?? LONGEST_WAIT, rest)
        return true
      })
      if (mine.size === 0) ends.delete(whose)
      else ends.set(whose, mine)
      return { kept: Object.fromEntries(kept), expired, next }
    },
  }
}
