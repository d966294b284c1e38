import {
  type LineRecord,
  type Lost,
  linesOf,
  lostRecord,
  type RecordSource,
  weightOf,
} from './line-record.ts'

export interface QueueBounds {
  /** Bytes, 64 for each line itself among them. */
  readonly bytes: number
  readonly lines: number
}

/**
 * Lines that wait for a sink, oldest first, within bounds: the oldest are given up for new ones. What
 * was taken is out of the queue's reach until it is settled or refused, and counts as waiting.
 */
export interface LineQueue {
  push(record: LineRecord, now: number): void
  /** Counts lines that were lost before they came here. */
  lose(source: RecordSource, lines: number, bytes: number, now: number): void
  /**
   * The next records, those about gaps first: at most so many lines and bytes, but one line at least.
   * What was taken before and not settled comes again as it was.
   */
  take(most: QueueBounds, now: number): readonly LineRecord[]
  /** The first `count` of what was taken are told. */
  settle(count: number): void
  /** What was taken is given up: the sink will never have it. */
  refuse(now: number): void
  /** Nothing waits, no gap either. */
  isEmpty(): boolean
  waiting(): { readonly lines: number; readonly bytes: number }
  readonly counts: { readonly sent: number; readonly lost: number; readonly gaps: number }
}

export function lineQueue(bounds: QueueBounds): LineQueue {
  let queue: LineRecord[] = []
  /** Those before it were taken. */
  let head = 0
  let taken: LineRecord[] = []
  let bytes = 0
  /** Lines that wait: a record may be a piece of one. */
  let count = 0
  /** What is missing before the first that waits. */
  const gaps = new Map<RecordSource, { lines: number; bytes: number; since: number }>()
  const counts = { sent: 0, lost: 0, gaps: 0 }

  /** What is under way has half of the room at most: the newest lines always find the other half. */
  const half = { bytes: bounds.bytes / 2, lines: Math.ceil(bounds.lines / 2) }
  let takenBytes = 0

  const records = (): number => queue.length - head + taken.length

  function isOver(): boolean {
    if (head === queue.length) return false
    return (
      bytes - takenBytes > Math.max(bounds.bytes - takenBytes, half.bytes) ||
      queue.length - head > Math.max(bounds.lines - taken.length, bounds.lines - half.lines)
    )
  }

  function note(source: RecordSource, lost: Lost): void {
    const gap = gaps.get(source)
    if (gap === undefined) gaps.set(source, { ...lost })
    else {
      gap.lines += lost.lines
      gap.bytes += lost.bytes
      gap.since = Math.min(gap.since, lost.since)
    }
  }

  function giveUp(record: LineRecord, since: number): void {
    if (record.lost !== null) {
      note(record.source, record.lost)
      return
    }
    const own = linesOf(record)
    counts.lost += own
    count -= own
    note(record.source, { lines: own, bytes: record.text.length, since })
  }

  function shift(): LineRecord {
    const first = queue[head] as LineRecord
    head += 1
    // Not at each line: what was shifted is let go of in large pieces.
    if (head >= 1024 && head * 2 >= queue.length) {
      queue = queue.slice(head)
      head = 0
    }
    return first
  }

  return {
    push(record, now) {
      queue.push(record)
      count += linesOf(record)
      bytes += weightOf(record)
      while (isOver()) {
        const oldest = shift()
        bytes -= weightOf(oldest)
        giveUp(oldest, now)
      }
    },
    lose(source, lost, size, now) {
      counts.lost += lost
      note(source, { lines: lost, bytes: size, since: now })
    },
    take(most, now) {
      if (taken.length > 0) return taken
      for (const [source, lost] of gaps) taken.push(lostRecord(source, lost, now))
      gaps.clear()
      const gapBytes = taken.reduce((sum, record) => sum + weightOf(record), 0)
      bytes += gapBytes
      const from = taken.length
      const room = Math.min(most.bytes, half.bytes)
      const some = Math.min(most.lines, half.lines)
      let size = 0
      while (head < queue.length && taken.length - from < some) {
        const weight = weightOf(queue[head] as LineRecord)
        if (size > 0 && size + weight > room) break
        size += weight
        taken.push(shift())
      }
      takenBytes = size + gapBytes
      return taken
    },
    settle(told) {
      for (const record of taken.slice(0, told)) {
        bytes -= weightOf(record)
        takenBytes -= weightOf(record)
        counts.sent += linesOf(record)
        count -= linesOf(record)
        if (record.lost !== null) counts.gaps += 1
      }
      taken = taken.slice(told)
    },
    refuse(now) {
      for (const record of taken) {
        bytes -= weightOf(record)
        giveUp(record, now)
      }
      taken = []
      takenBytes = 0
    },
    isEmpty: () => records() === 0 && gaps.size === 0,
    waiting: () => ({ lines: count, bytes }),
    counts,
  }
}
