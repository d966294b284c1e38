import { describe, expect, test } from 'vitest'
import type { LogLine } from '../model/log-entry.ts'
import { interleaveLines, mergeLines } from './merge-lines.ts'

async function* log(service: string, ...lines: (string | [number, string])[]) {
  for (const line of lines) {
    const [at, text] = typeof line === 'string' ? [null, line] : line
    yield {
      at: at === null ? null : new Date(at),
      service,
      severity: null,
      pid: null,
      text,
    } satisfies LogLine
  }
}

const texts = async (lines: AsyncIterable<LogLine>): Promise<string[]> =>
  (await Array.fromAsync(lines)).map(({ service, text }) => `${service}:${text}`)

describe('the lines of several logs', () => {
  test('are told by their time, those without one behind the line before', async () => {
    const a = log('a', [1, 'one'], 'more of one', [5, 'five'])
    const b = log('b', 'no time yet', [2, 'two'], [5, 'five too'])
    expect(await texts(mergeLines([a, b, log('c')]))).toEqual([
      'b:no time yet',
      'a:one',
      'a:more of one',
      'b:two',
      'a:five',
      'b:five too',
    ])
  })

  test('a clock that was set back does not turn a log around', async () => {
    expect(await texts(mergeLines([log('a', [9, 'x'], [1, 'y']), log('b', [9, 'z'])]))).toEqual([
      'a:x',
      'a:y',
      'b:z',
    ])
  })

  test('give their files back when the reader has enough', async () => {
    let closed = 0
    async function* endless(): AsyncGenerator<LogLine> {
      try {
        for (;;) yield* log('a', [1, 'x'])
      } finally {
        closed += 1
      }
    }
    for await (const _ of mergeLines([endless(), endless()])) break
    expect(closed).toBe(2)
  })

  test('are told as they come where they are followed: a silent log holds nobody back', async () => {
    const silent = Promise.withResolvers<void>()
    async function* quiet(): AsyncGenerator<LogLine> {
      await silent.promise
      yield* log('q', 'at last')
    }
    const lines = interleaveLines([quiet(), log('a', '1', '2')])
    expect((await lines.next()).value).toMatchObject({ text: '1' })
    expect((await lines.next()).value).toMatchObject({ text: '2' })
    silent.resolve()
    expect((await lines.next()).value).toMatchObject({ text: 'at last' })
    expect((await lines.next()).done).toBe(true)
  })
})
