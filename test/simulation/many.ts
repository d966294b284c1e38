import { play } from './play.ts'

export interface Tally {
  readonly played: number
  readonly steps: number
  readonly starts: number
}

/** Plays seeds one after the other. `STEAD_SEED=N` plays that one alone, as a failure's message says. */
export async function playMany(first: number, count: number): Promise<Tally> {
  const only = process.env.STEAD_SEED
  let [played, steps, starts] = [0, 0, 0]
  const end = only === undefined ? first + count : Number(only) + 1
  for (let seed = only === undefined ? first : Number(only); seed < end; seed += 1) {
    const one = await play(seed)
    played += 1
    steps += one.steps
    starts += one.starts
  }
  return { played, steps, starts }
}
