import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import { byteArea, byteAreaOf } from './byte-area.ts'
import { type Flush, lineEncoder, outputFor, type StreamName } from './line-encoder.ts'

const NOW = Date.parse('2026-11-21T05:10:00.123Z')
const STAMP = '2026-11-21T05:10:00.123Z'

/** Feeds chunks as a reader of a pipe does: what was not read comes again with the next chunk. */
function encodeAll(
  format: 'raw' | 'stamped' | 'json',
  chunks: readonly (string | Uint8Array)[],
  last: Flush = 'end',
  stream: StreamName = 'stdout',
): Buffer {
  const source = { service: 'api', instance: 1, incarnation: 3, sequence: 0 }
  const encoder = lineEncoder({ format, severity: { stdout: 6, stderr: 3 } }, source, stream)
  const parts: Buffer[] = []
  let rest = Buffer.alloc(0)
  let open = false
  chunks.forEach((chunk, index) => {
    const input = byteAreaOf(Buffer.concat([rest, Buffer.from(chunk as Uint8Array)]))
    // Newlines behind the end must not be taken for data.
    input.bytes.fill('\n', input.size)
    const out = byteArea(outputFor(input.size))
    const flush = index === chunks.length - 1 ? last : 'no'
    const done = encoder.encode(input, 0, input.size, out, 0, NOW, flush, open)
    open = done.open
    parts.push(Buffer.from(out.bytes.subarray(0, done.written)))
    rest = Buffer.from(input.bytes.subarray(done.read, input.size))
  })
  return Buffer.concat(parts)
}

const text = (...args: Parameters<typeof encodeAll>): string => encodeAll(...args).toString()
const objects = (...args: Parameters<typeof encodeAll>): Record<string, unknown>[] =>
  text(...args)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('stamped lines', () => {
  test('have a time and a severity, their own where they say one', () => {
    expect(text('stamped', ['hello\n<3>failed\n<9>odd\n<4', '>late\n\n'])).toBe(
      `${STAMP} <6> hello\n${STAMP} <3> failed\n${STAMP} <6> <9>odd\n${STAMP} <4> late\n${STAMP} <6> \n`,
    )
    expect(text('stamped', ['oh\n'], 'no', 'stderr')).toBe(`${STAMP} <3> oh\n`)
  })

  test('wait for their line break, and are stamped once when they come in pieces', () => {
    expect(text('stamped', ['one\ntw'], 'no')).toBe(`${STAMP} <6> one\n`)
    expect(text('stamped', ['tw'], 'piece')).toBe(`${STAMP} <6> tw`)
    const source = { service: 'a', instance: 1, incarnation: 1, sequence: 0 }
    const encoder = lineEncoder(
      { format: 'stamped', severity: { stdout: 6, stderr: 6 } },
      source,
      'stdout',
    )
    const out = byteArea(4096)
    const rest = byteAreaOf(Buffer.from('o\nthree\n'))
    const done = encoder.encode(rest, 0, rest.size, out, 0, NOW, 'no', true)
    expect(out.bytes.toString('utf8', 0, done.written)).toBe(`o\n${STAMP} <6> three\n`)
    expect(done).toMatchObject({ read: 8, lines: 2, open: false })
  })

  test('O05 keep every byte: NULs, ANSI, CR, what is not UTF-8', () => {
    const odd = Buffer.from([0, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0xc3, 0x0d, 0x0a])
    expect(encodeAll('stamped', [odd])).toEqual(Buffer.concat([Buffer.from(`${STAMP} <6> `), odd]))
  })

  test('O05 a code point that is not whole waits for its other bytes', () => {
    expect(text('stamped', [Buffer.from('für').subarray(0, 2)], 'piece')).toBe(`${STAMP} <6> f`)
    expect(encodeAll('stamped', [Buffer.from('für').subarray(0, 2)], 'end').at(-1)).toBe(0xc3)
  })
})

describe('lines as JSON', () => {
  test('say whose they are and count', () => {
    expect(objects('json', ['one\r\n<2>two\n'])).toEqual([
      {
        at: STAMP,
        service: 'api',
        instance: 1,
        stream: 'stdout',
        incarnation: 3,
        seq: 1,
        severity: 6,
        text: 'one',
      },
      expect.objectContaining({ seq: 2, severity: 2, text: 'two' }),
    ])
  })

  test('O05 every text comes back, and what is not UTF-8 as the decoder of the web has it', () => {
    const random = seededRandom(5)
    for (let round = 0; round < 300; round += 1) {
      const line = Buffer.from(
        Array.from({ length: 40 }, () => {
          const byte = [0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xc3, 0x22, 0x5c][
            random.below(24)
          ]
          const other = byte ?? random.below(256)
          return other === 0x0a || other === 0x0d ? 0x20 : other
        }),
      )
      const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(line)
      const said = objects('json', [Buffer.concat([line, Buffer.from('\n')])])[0]
      if (!/^<[0-7]>/.test(expected)) expect(said?.text).toBe(expected)
    }
  })

  test('O05 a code point split over chunks stays whole, also at a piece', () => {
    const bytes = Buffer.from('grün\n')
    expect(objects('json', [bytes.subarray(0, 3), bytes.subarray(3)])[0]?.text).toBe('grün')
    expect(objects('json', [bytes.subarray(0, 3)], 'piece')[0]).toMatchObject({
      text: 'gr',
      partial: true,
    })
  })

  test('O04 a line without end is told in pieces that say so', () => {
    const pieces = objects('json', [`${'x'.repeat(200_000)}\n`])
    expect(pieces.map(({ partial }) => partial)).toEqual([true, true, true, undefined])
    expect(pieces.map((piece) => piece.text).join('')).toBe('x'.repeat(200_000))
  })

  test('carry a trace id of JSON and of a traceparent', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736'
    const lines = [
      `{"msg":"x","trace_id":"${id}"}`,
      `{"traceId": "abc"}`,
      `request traceparent=00-${id}-00f067aa0ba902b7-01 done`,
      `trace nothing 00-12`,
    ]
    expect(objects('json', [`${lines.join('\n')}\n`]).map(({ traceId }) => traceId)).toEqual([
      id,
      'abc',
      id,
      undefined,
    ])
  })
})

describe('any format', () => {
  test('O05 it is the same however the bytes are cut', () => {
    const all = Buffer.from('a\n<3>bcdef\n\nlonger line ü€😀 here\n\0\x1b[1m\r\nlast\n')
    const random = seededRandom(7)
    for (const format of ['stamped', 'json', 'raw'] as const) {
      const whole = text(format, [all])
      for (let round = 0; round < 200; round += 1) {
        const chunks: Buffer[] = []
        for (let at = 0; at < all.length; ) {
          const next = Math.min(all.length, at + 1 + random.below(9))
          chunks.push(all.subarray(at, next))
          at = next
        }
        expect(text(format, chunks)).toBe(whole)
      }
    }
  })

  test('a full output is no loss: it says how far it came', () => {
    for (const format of ['stamped', 'json', 'raw'] as const) {
      const source = { service: 'api', instance: 1, incarnation: 1, sequence: 0 }
      const policy = { format, severity: { stdout: 6, stderr: 6 } } as const
      const input = byteAreaOf(Buffer.from('x\n'.repeat(500)))
      const encoder = lineEncoder(policy, source, 'stdout')
      const out = byteArea(1500)
      let [at, lines] = [0, 0]
      while (at < input.size) {
        const done = encoder.encode(input, at, input.size, out, 0, NOW, 'no', false)
        expect(done.written).toBeLessThanOrEqual(out.size)
        if (done.read === 0) break
        at += done.read
        lines += done.lines
      }
      expect([format, lines]).toEqual([format, 500])
    }
  })
})
