/** Programs that write numbered lines without end, and whether all of them arrived. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../contract/until.ts'
import type { Room } from './room.ts'
import { PROGRAMS, PYTHON } from './stead.ts'

export function countingService(room: Room, name: string, linesPerSecond: number) {
  return {
    command: [
      PYTHON,
      `${PROGRAMS}/numbered-lines.py`,
      name,
      String(linesPerSecond),
      '--count',
      join(room.directory, `${name}.count`),
    ],
    log: { rotate: { size: '1M', keep: 100 } },
  }
}

/** How many lines it has written so far, by its own count. */
export function written(room: Room, name: string): number {
  const file = join(room.directory, `${name}.count`)
  if (!existsSync(file)) return 0
  const bytes = readFileSync(file)
  return bytes.length < 8 ? 0 : Number(bytes.readBigUInt64LE())
}

/** Waits until it has written so many lines more. */
export async function writesOn(room: Room, name: string, lines: number): Promise<void> {
  const goal = written(room, name) + lines
  await until(`${name} has written ${goal} lines`, () => written(room, name) >= goal)
}

/** Waits until it has written so many lines more, or has to wait: a FIFO that nobody reads gets full. */
export async function writesOrWaits(room: Room, name: string, lines: number): Promise<void> {
  const goal = written(room, name) + lines
  let [before, still] = [-1, 0]
  await until(`${name} has written ${goal} lines, or waits`, () => {
    const now = written(room, name)
    still = now === before ? still + 1 : 0
    before = now
    return now >= goal || still >= LOOKS_STILL
  })
}

/** Seen unchanged so often in a row, a writer waits. */
const LOOKS_STILL = 40

export interface Tally {
  readonly highest: number
  readonly missing: readonly number[]
  readonly duplicates: number
  /** Lines that are not whole. */
  readonly torn: number
}

/** The lines of one process in the log of a service. */
export function tally(room: Room, name: string, pid: number): Tally {
  const times = new Map<number, number>()
  let torn = 0
  let highest = 0
  for (const line of room.log(name).split('\n')) {
    const match = / (\d+) (\d+)$/.exec(line)
    if (line === '') continue
    if (match === null) torn += 1
    else if (Number(match[1]) === pid) {
      const number = Number(match[2])
      times.set(number, (times.get(number) ?? 0) + 1)
      highest = Math.max(highest, number)
    }
  }
  const missing: number[] = []
  for (let number = 1; number <= highest; number++) if (!times.has(number)) missing.push(number)
  const duplicates = [...times.values()].reduce((sum, count) => sum + count - 1, 0)
  return { highest, missing, duplicates, torn }
}
