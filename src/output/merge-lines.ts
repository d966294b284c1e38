import type { LogLine } from '../model/log-entry.ts'

/**
 * The lines of several logs in one order: by their time; a line without one stays behind the line
 * before it of its own log. Each log has to be in order itself. Holds one line of each.
 */
export async function* mergeLines(
  logs: readonly AsyncIterable<LogLine>[],
): AsyncGenerator<LogLine> {
  const heads = await Promise.all(
    logs.map(async (log) => {
      const iterator = log[Symbol.asyncIterator]()
      return { iterator, result: await iterator.next(), time: Number.NEGATIVE_INFINITY }
    }),
  )
  for (const head of heads) head.time = timeOf(head)
  try {
    for (;;) {
      let first: (typeof heads)[number] | null = null
      for (const head of heads) {
        if (head.result.done !== true && (first === null || head.time < first.time)) first = head
      }
      if (first === null || first.result.done === true) return
      yield first.result.value
      first.result = await first.iterator.next()
      first.time = timeOf(first)
    }
  } finally {
    await Promise.all(heads.map(async ({ iterator }) => iterator.return?.()))
  }
}

function timeOf(head: { result: IteratorResult<LogLine>; time: number }): number {
  const at = head.result.done === true ? null : head.result.value.at
  // A log whose clock was set back is not read later for it.
  return at === null ? head.time : Math.max(head.time, at.getTime())
}

/**
 * The lines of several logs as they come: for following, where waiting for the silent ones would hold
 * back the others. Ends when all have ended.
 */
export async function* interleaveLines<T>(logs: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const waiting = new Map<AsyncIterator<T>, Promise<Came<T>>>()
  const ask = (iterator: AsyncIterator<T>): void => {
    waiting.set(
      iterator,
      iterator.next().then((result) => ({ iterator, result })),
    )
  }
  for (const log of logs) ask(log[Symbol.asyncIterator]())
  try {
    while (waiting.size > 0) {
      const { iterator, result } = await Promise.race(waiting.values())
      waiting.delete(iterator)
      if (result.done === true) continue
      // Behind the others, so that a log that never pauses does not hide them.
      ask(iterator)
      yield result.value
    }
  } finally {
    for (const iterator of waiting.keys()) void iterator.return?.()
  }
}

interface Came<T> {
  readonly iterator: AsyncIterator<T>
  readonly result: IteratorResult<T>
}
