import { describe, expect, test } from 'vitest'
import { decodeSentEvents, encodeSentEvent, type SentEvent } from './server-sent-events.ts'

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const events: SentEvent[] = [
  { event: 'snapshot', data: '{"number":5}', id: '5' },
  { event: 'line', data: JSON.stringify({ line: 'a\rb\nc: \u2028 id: 7' }) },
  { event: 'event', data: '" leading and trailing "', id: '6' },
]

describe('server-sent events', () => {
  test.each([1, 2, 3, 7, 1_000])('come back as they were in pieces of %i', async (size) => {
    const text = events.map(encodeSentEvent).join('')
    expect(await Array.fromAsync(decodeSentEvents(pieces(text, size)))).toEqual(events)
  })

  test('are told without comments, and without one that is not ended', async () => {
    const text = ': comment\n\ndata: 1\ndata:2\nretry: 5\n\nevent: x\ndata: torn'
    expect(await Array.fromAsync(decodeSentEvents(pieces(text, 4)))).toEqual([
      { event: 'message', data: '1\n2' },
    ])
  })
})
