import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import { LOG_ENCODINGS } from '../model/log-encoding.ts'
import { byteArea, byteAreaOf } from './byte-area.ts'
import { charsetOf, tableCharset } from './charset.ts'
import { type Flush, type LineEncoder, lineEncoder } from './line-encoder.ts'

const NOW = Date.parse('2026-11-21T05:10:00.123Z')
const source = () => ({ service: 'a', instance: 1, incarnation: 1, sequence: 0 })
const encoderOf = (format: 'raw' | 'stamped' | 'json', encoding: string): LineEncoder =>
  lineEncoder(
    { format, severity: { stdout: 6, stderr: 6 } },
    source(),
    'stdout',
    charsetOf(encoding),
  )

/** Feeds chunks as the pump does: again and again until nothing is read; `piece` between, `end` at last. */
function encodeAll(
  encoder: LineEncoder,
  chunks: readonly Uint8Array[],
  between: Flush = 'piece',
  room = 64 * 1024,
) {
  let log = ''
  let said = ''
  let rest = Buffer.alloc(0)
  let open = false
  chunks.forEach((chunk, index) => {
    const input = byteAreaOf(Buffer.concat([rest, chunk]))
    input.bytes.fill('\n', input.size)
    const flush = index === chunks.length - 1 ? 'end' : between
    let at = 0
    for (;;) {
      const out = byteArea(room)
      const done = encoder.encode(input, at, input.size, out, 0, NOW, flush, open)
      if (done.read === 0) break
      at += done.read
      open = done.open
      log += out.bytes.toString('utf8', 0, done.written)
      said += done.text?.toString() ?? ''
    }
    rest = Buffer.from(input.bytes.subarray(at, input.size))
  })
  expect(rest).toHaveLength(0)
  return { log, said }
}

const oneByOne = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte))
const bytes = (...numbers: number[]): Buffer => Buffer.from(numbers)

describe('O05 output in another encoding', () => {
  test.each([
    ['gbk', bytes(0xd6, 0xd0, 0xce, 0xc4, 0x0a, 0x61, 0x0a), '中文\na\n'],
    ['gb18030', bytes(0x81, 0x30, 0x84, 0x36, 0x0a, 0x94, 0x39, 0xda, 0x33, 0x0a), '¥\n💩\n'],
    ['big5', bytes(0xa4, 0xa4, 0xa4, 0xe5, 0x0a), '中文\n'],
    ['shift_jis', bytes(0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x0a), 'テスト\n'],
    ['euc-kr', bytes(0xc7, 0xd1, 0x0a), '한\n'],
    ['windows-1252', bytes(0x80, 0xe9, 0x0a), '€é\n'],
    ['ibm866', bytes(0x8f, 0xe0, 0x0a), 'Пр\n'],
    [
      'utf-16le',
      Buffer.from('\ufeff中\u0a0a\u010a 💩\r\nx\n', 'utf16le'),
      '中\u0a0a\u010a 💩\r\nx\n',
    ],
    ['utf-16be', Buffer.from('中\u0a0a\u0a00💩\n', 'utf16le').swap16(), '中\u0a0a\u0a00💩\n'],
  ])('%s is UTF-8 in the log, whole and byte by byte', (encoding, input, text) => {
    expect(encodeAll(encoderOf('raw', encoding), [input])).toEqual({ log: text, said: text })
    expect(encodeAll(encoderOf('raw', encoding), oneByOne(input)).log).toBe(text)
    expect(encodeAll(encoderOf('raw', encoding), oneByOne(input), 'no').log).toBe(text)
    expect(encodeAll(encoderOf('raw', encoding), [input], 'no', 24).log).toBe(text)
  })

  test('what is no character is U+FFFD, and the line break behind it stays one', () => {
    expect(
      encodeAll(encoderOf('raw', 'gbk'), [bytes(0xff, 0x41, 0xd6, 0x0a, 0x42, 0xd6)]).log,
    ).toBe('\ufffdA\ufffd\nB\ufffd')
    expect(encodeAll(encoderOf('raw', 'utf-16le'), [bytes(0, 0xd8, 0x0a, 0, 0x41)]).log).toBe(
      '\ufffd\n\ufffd',
    )
  })

  test('stamps, severities and JSON are those of lines that were decoded', () => {
    const input = Buffer.concat([Buffer.from('<3>'), bytes(0xd6, 0xd0, 0x0a)])
    expect(encodeAll(encoderOf('stamped', 'gbk'), [input]).log).toBe(
      '2026-11-21T05:10:00.123Z <3> 中\n',
    )
    expect(JSON.parse(encodeAll(encoderOf('json', 'gbk'), [input]).log)).toMatchObject({
      severity: 3,
      text: '中',
    })
  })

  test('a line that is longer than what is decoded at once keeps every character', () => {
    const text = `${'中文'.repeat(40_000)}\nend\n`
    const input = Buffer.from(text, 'utf16le')
    expect(encodeAll(encoderOf('raw', 'utf-16le'), [input], 'no', 1024 * 1024).log).toBe(text)
    const objects = encodeAll(encoderOf('json', 'utf-16le'), [input], 'no', 1024 * 1024)
      .log.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; partial?: boolean })
    expect(objects.map((one) => one.text).join('')).toBe(text.replaceAll('\n', ''))
    expect(objects.filter((one) => one.partial !== true)).toHaveLength(2)
  })

  test('O10 random bytes in random chunks: nothing is lost, and the cuts make no difference', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed)
      const encoding = random.pick(LOG_ENCODINGS.filter((one) => !/^(oem|ansi|utf-8)$/.test(one)))
      const input = Buffer.from(
        Array.from({ length: 400 }, () => (random.chance(0.1) ? 0x0a : random.below(256))),
      )
      const chunks: Buffer[] = []
      for (let at = 0; at < input.length; ) {
        const end = at + 1 + random.below(40)
        chunks.push(input.subarray(at, end))
        at = end
      }
      const whole = encodeAll(encoderOf('raw', encoding), [input]).log
      expect(encodeAll(encoderOf('raw', encoding), chunks).log, `seed ${seed}`).toBe(whole)
      expect(encodeAll(encoderOf('raw', encoding), chunks, 'no').log, `seed ${seed}`).toBe(whole)
      const lines = (text: string): number => text.split('\n').length
      if (!encoding.startsWith('utf-16'))
        expect(lines(whole), `seed ${seed}`).toBe(lines(input.toString('latin1')))
    }
  })

  test('a code page that TextDecoder does not know is a table', () => {
    const charset = tableCharset('Çüéâ'.padEnd(128, '\ufffd'))
    expect(charset.decode(bytes(0x41, 0x80, 0x82, 0xff))).toBe('AÇé\ufffd')
    expect(charset.unfinished(bytes(0x80))).toBe(0)
  })
})
