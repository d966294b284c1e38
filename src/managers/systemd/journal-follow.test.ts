import { expect, test } from 'vitest'
import type { LogQuery } from '../service-manager.ts'
import type { Context } from './context.ts'
import { readJournal } from './journal.ts'

const entry = (text: string, cursor: string): string =>
  JSON.stringify({ MESSAGE: text, __CURSOR: cursor, __REALTIME_TIMESTAMP: '1700000000000000' })

/** What is read, and with which arguments, where journalctl answers one call after the other. */
async function read(query: LogQuery, ...answers: string[][]) {
  const calls: string[][] = []
  const ok = { exit: { kind: 'code', code: 0 }, timedOut: false, stdout: '', stderr: '' }
  const context = {
    scope: 'system',
    ctl: { other: async () => ok },
    runner: {
      async *lines(_: string, args: string[]) {
        calls.push(args.slice(args.indexOf('--output=json') + 1))
        yield* answers[calls.length - 1] ?? []
      },
    },
  } as unknown as Context
  const texts: string[] = []
  for await (const { text } of readJournal(context, 'web', query)) texts.push(text)
  return { texts, calls }
}

test('a follower goes on behind the newest line that there is', async () => {
  const { texts, calls } = await read(
    { lines: 2, follow: true },
    [entry('a', 's=1'), entry('b', 's=2')],
    [entry('c', 's=3')],
  )
  expect(texts).toEqual(['a', 'b', 'c'])
  expect(calls).toEqual([['--lines=2'], ['--after-cursor=s=2', '--no-tail', '--follow']])
})

test('a follower of a unit that has said nothing yet hears its first line', async () => {
  const { texts, calls } = await read({ follow: true }, [], [entry('first', 's=1')])
  expect(texts).toEqual(['first'])
  // With --lines beside it journalctl 252 would show nothing, ever.
  expect(calls[1]).toEqual(['--no-tail', '--follow'])
})

test('a follower who wants no old lines gets none, and misses no new one', async () => {
  const { texts, calls } = await read(
    { lines: 0, follow: true },
    [entry('old', 's=1')],
    [entry('new', 's=2')],
  )
  expect(texts).toEqual(['new'])
  expect(calls[0]).toEqual(['--lines=1'])
})

test('with a time all lines since then are wanted, unless a number is given', async () => {
  const since = new Date(1_700_000_000_500)
  expect((await read({ since })).calls).toEqual([['--since=@1700000000.500']])
  expect((await read({ since, lines: 5 })).calls).toEqual([
    ['--since=@1700000000.500', '--lines=5'],
  ])
  expect((await read({ since, follow: true })).calls[1]).toEqual([
    '--since=@1700000000.500',
    '--no-tail',
    '--follow',
  ])
})
