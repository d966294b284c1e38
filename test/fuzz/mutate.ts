import type { SeededRandom } from '../fakes/seeded-random.ts'

/** So long may one input take, in milliseconds of a processor: most take less than one. */
const LONGEST = 5_000

type Other = (text: string, random: SeededRandom, rows: readonly string[], row: number) => string

/** What one kind of input is spoilt with. */
export interface Spoiling {
  /** Texts that are hard to bear. */
  readonly nasty: readonly string[]
  /** What is done to this kind of input alone, each as often as each of what is done to all. */
  readonly others: readonly Other[]
}

/** A text with one thing done to it. @param lines of the corpus */
export function mutated(
  text: string,
  random: SeededRandom,
  lines: readonly string[],
  { nasty, others }: Spoiling,
): string {
  const rows = text.split('\n')
  const row = random.below(rows.length)
  const at = random.below(text.length + 1)
  const how = random.below(8 + others.length)
  switch (how) {
    case 0:
      return text.slice(0, at) + random.pick(nasty) + text.slice(at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(8))
    case 2:
      return rows.toSpliced(row, 1).join('\n')
    case 3:
      return rows.toSpliced(row, 0, rows[random.below(rows.length)] as string).join('\n')
    case 4:
      return rows.toSpliced(row, 0, random.pick(lines)).join('\n')
    case 5:
      return rows.with(row, (rows[row] as string).replace(/\S+$/, random.pick(nasty))).join('\n')
    case 6:
      return text.replaceAll(/\w+/g, (word) => (random.chance(0.05) ? random.pick(nasty) : word))
    case 7:
      return text.slice(0, at)
    default:
      return (others[how - 8] as Other)(text, random, rows, row)
  }
}

/** Processor time at a moment that is not long ago: to ask for it each time is a sixth of all that is done. */
let before = { at: Number.NEGATIVE_INFINITY, usage: process.cpuUsage() }

/**
 * Does one input. @throws where it takes too long by the clock, and by the time of the processor too: a machine
 * that is busy is slow. Up to a second of what was done before is in that.
 */
export function inTime(what: string, work: () => void): void {
  const began = performance.now()
  if (began - before.at > 1_000) before = { at: began, usage: process.cpuUsage() }
  work()
  if (performance.now() - began <= LONGEST) return
  const { user, system } = process.cpuUsage(before.usage)
  const took = (user + system) / 1000
  if (took > LONGEST) throw new Error(`${what} took ${took} ms`)
}
