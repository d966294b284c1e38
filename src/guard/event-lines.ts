import type { GuardEvent } from '../model/guard-event.ts'
import type { EventFile, EventPart } from '../model/ports/event-file.ts'

/** The number is the first of a line, so that even a torn one mostly says it. */
const NUMBER = /^\{"number":(\d+),/
const CHUNK = 64 * 1024
const LINE_END = 0x0a

/** Number of the newest event in the files, a torn last line included; 0 for none. */
export function lastNumber(file: EventFile): number {
  return lastOf(file, 'present') || lastOf(file, 'before')
}

/** Does the present file end in the middle of a line? */
export function endsTorn(file: EventFile): boolean {
  const size = file.size('present')
  return size > 0 && file.read('present', size - 1, 1)[0] !== LINE_END
}

function lastOf(file: EventFile, part: EventPart): number {
  const size = file.size(part)
  for (let length = CHUNK; ; length *= 2) {
    const begin = Math.max(0, size - length)
    const text = file.read(part, begin, size - begin).toString('latin1')
    const lines = text.split('\n')
    if (begin > 0) lines.shift()
    const torn = lines.pop() ?? ''
    const whole = lines.reduce((last, line) => numberOf(line) ?? last, 0)
    // A line that was begun may have been told to somebody: its number is gone, readable or not.
    if (whole > 0 || begin === 0) {
      return torn === '' ? whole : Math.max(numberOf(torn) ?? 0, whole + 1)
    }
  }
}

/** Events from number `since` on, in order, at most `limit`. Lines that are none are left out. */
export function readEvents(file: EventFile, since: number, limit: number): GuardEvent[] {
  const events: GuardEvent[] = []
  for (const part of ['before', 'present'] as const) {
    const size = file.size(part)
    // Whatever is asked for begins after this whole file: a look at its end tells.
    if (size === 0 || (part === 'before' && lastOf(file, part) < since)) continue
    for (const line of linesFrom(file, part, offsetOf(file, part, since, size))) {
      if (events.length >= limit) return events
      const event = eventOf(line)
      if (event !== null && event.number >= since) events.push(event)
    }
  }
  return events
}

/** Where a line begins before which all numbers are smaller than `since`: found by halving. */
function offsetOf(file: EventFile, part: EventPart, since: number, size: number): number {
  let low = 0
  let high = size
  while (high - low > CHUNK) {
    const middle = Math.floor((low + high) / 2)
    const text = file.read(part, middle, CHUNK).toString('latin1')
    const begin = text.indexOf('\n') + 1
    const number = begin === 0 ? null : numberOf(text.slice(begin))
    // A line too long for a look, or no event: reading begins before it.
    if (number === null) high = middle
    else if (number < since) low = middle + begin
    else high = middle
  }
  return low
}

function* linesFrom(file: EventFile, part: EventPart, offset: number): Generator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for (let at = offset; ; ) {
    const chunk = file.read(part, at, CHUNK)
    if (chunk.length === 0) return
    at += chunk.length
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let begin = 0
    for (let end = data.indexOf(LINE_END); end !== -1; end = data.indexOf(LINE_END, begin)) {
      yield data.toString('utf8', begin, end)
      begin = end + 1
    }
    rest = data.subarray(begin)
  }
}

function numberOf(line: string): number | null {
  const match = NUMBER.exec(line)
  return match === null ? null : Number(match[1])
}

function eventOf(line: string): GuardEvent | null {
  if (numberOf(line) === null) return null
  try {
    return JSON.parse(line) as GuardEvent
  } catch {
    return null
  }
}
