import { describe, expect, test } from 'vitest'
import { lineRecord } from '../../test/fixtures/line-record.ts'
import { bytesInFlight, CHANNEL_SLOTS } from './bytes-in-flight.ts'
import { journaldEntry } from './journald-fields.ts'
import { jsonLines } from './json-lines.ts'
import { lostRecord } from './line-record.ts'
import { lokiEncoder } from './loki-push.ts'
import { lineSplitter } from './split-lines.ts'
import { octetCounted, syslogMessages } from './syslog-message.ts'

const API = { service: 'api', instance: 1 }
const gap = lostRecord(API, { lines: 3, bytes: 30, since: 0 }, 1_000)
const syslog = { facility: 3, hostname: 'host', most: 2_048 }

describe('a line', () => {
  test('is an entry of the journal, with its bytes as they are', () => {
    const text = journaldEntry(lineRecord('hello', { traceId: 'ab\ncd' })).toString()
    expect(text.split('\n')).toEqual([
      'PRIORITY=6',
      'SYSLOG_IDENTIFIER=api',
      'SYSLOG_TIMESTAMP=2026-11-21T05:10:00.123Z',
      'STEAD_SERVICE=api',
      'STEAD_INSTANCE=1',
      'STEAD_STREAM=stdout',
      'STEAD_INCARNATION=2',
      'STEAD_SEQUENCE=17',
      'OBJECT_PID=4711',
      'SYSLOG_PID=4711',
      'TRACE_ID=ab cd',
      'MESSAGE=hello',
      '',
    ])
    const binary = journaldEntry(lineRecord('a\nb')).subarray(-16)
    expect(binary.toString('latin1')).toBe('AGE\n\x03\0\0\0\0\0\0\0a\nb\n')
    expect(String(journaldEntry(gap))).toContain('STEAD_LOST_LINES=3\nSTEAD_LOST_BYTES=30\n')
  })

  test('is a message of RFC 5424', () => {
    const [message] = syslogMessages(lineRecord('hello', { severity: 3 }), syslog)
    expect(String(message)).toBe(
      '<27>1 2026-11-21T05:10:00.123Z host api 4711 - [stead@32473 instance="1" stream="stdout" incarnation="2" seq="17"] hello',
    )
    expect(String(octetCounted(Buffer.from('abc')))).toBe('3 abc')
    expect(String(syslogMessages(gap, syslog)[0])).toMatch(
      /^<28>1 1970-01-01T00:00:01.000Z host api - - \[stead@32473 instance="1" lostLines="3" lostBytes="30"\] \(…/,
    )
    const odd = syslogMessages(lineRecord('x', { traceId: 'a"]\\\n' }), syslog)
    expect(String(odd[0])).toContain('traceId="a\\"\\]\\\\ "]')
  })

  test('that is too long for one message comes in several, cut between characters', () => {
    const text = 'ä'.repeat(3_000)
    const messages = syslogMessages(lineRecord(text), { ...syslog, most: 480 })
    expect(messages.every(({ length }) => length <= 480)).toBe(true)
    const texts = messages.map((message) => String(message).replace(/^.*?\] /, ''))
    expect(texts.join('')).toBe(text)
    expect(String(messages[1])).toContain('seq="17" part="2"]')
    const bytes = Buffer.alloc(2_000, 0x80)
    const parts = syslogMessages(lineRecord(bytes), { ...syslog, most: 480 })
    const all = parts.map((part) => part.subarray(part.indexOf('] ') + 2))
    expect(Buffer.concat(all).equals(bytes)).toBe(true)
  })

  test('is JSON as the log has it', () => {
    const record = lineRecord('a "b"', { partial: true, traceId: 'ab' })
    expect(JSON.parse(String(jsonLines([record])))).toEqual({
      at: '2026-11-21T05:10:00.123Z',
      service: 'api',
      instance: 1,
      stream: 'stdout',
      incarnation: 2,
      seq: 17,
      severity: 6,
      text: 'a "b"',
      pid: 4711,
      partial: true,
      traceId: 'ab',
    })
    expect(JSON.parse(String(jsonLines([gap])))).toMatchObject({ lost: { lines: 3, bytes: 30 } })
  })
})

describe('a push to Loki', () => {
  const encoder = () => lokiEncoder({ labels: { env: 'test' }, metadata: true })
  const streamsOf = (body: Buffer) =>
    (JSON.parse(String(body)) as { streams: { stream: object; values: string[][] }[] }).streams

  test('has few labels, and the rest as metadata', () => {
    const [stream] = streamsOf(encoder().encode([lineRecord('hello', { traceId: 'ab' })]))
    expect(stream).toEqual({
      stream: { env: 'test', service: 'api', instance: '1', stream: 'stdout', level: 'info' },
      values: [
        [
          '1795237800123000000',
          'hello',
          { severity: '6', incarnation: '2', seq: '17', pid: '4711', trace_id: 'ab' },
        ],
      ],
    })
  })

  test('never gives two lines of a stream one time, nor one that is before another', () => {
    const push = encoder()
    const at = Date.UTC(2026, 10, 21)
    const times = [0, 0, 5, 3, 3, 9].flatMap((plus) =>
      streamsOf(push.encode([lineRecord('same', { at: at + plus })])).flatMap(({ values }) =>
        values.map(([time]) => BigInt(time as string)),
      ),
    )
    expect([...times].sort((a, b) => (a < b ? -1 : 1))).toEqual(times)
    expect(new Set(times).size).toBe(times.length)
  })
})

describe('bytes on their way to sinks', () => {
  const slots = (): Int32Array => new Int32Array(new SharedArrayBuffer(CHANNEL_SLOTS * 4))

  test('are bounded for one program and for all', () => {
    const all = new Int32Array(new SharedArrayBuffer(4))
    const one = bytesInFlight(all, slots())
    expect([one.enter(300_000), one.enter(200_000), one.enter(200_000)]).toEqual([
      true,
      true,
      false,
    ])
    const others = Array.from({ length: 20 }, () => bytesInFlight(all, slots()))
    const taken = others.filter((other) => other.enter(500_000)).length
    expect(taken).toBe(7)
    one.leave(500_000)
    expect(one.isEmpty()).toBe(true)
    expect(one.enter(500_000)).toBe(true)
  })

  test('that found no room are counted once', () => {
    const flight = bytesInFlight(new Int32Array(new SharedArrayBuffer(4)), slots())
    flight.lose(3, 30)
    flight.lose(2, 20)
    expect(flight.takeLost()).toEqual({ lines: 5, bytes: 50 })
    expect(flight.takeLost()).toEqual({ lines: 0, bytes: 0 })
  })
})

describe('bytes of a program', () => {
  const taken = { stream: 'stdout', incarnation: 1, sequence: -1, at: 0, continues: false } as const
  const split = (splitter: ReturnType<typeof lineSplitter>, text: string, changes = {}) =>
    splitter
      .split({ ...taken, bytes: Buffer.from(text), ...changes }, 6, null)
      .map(({ text: own, sequence, severity, partial }) => [
        String(own),
        sequence,
        severity,
        partial,
      ])

  test('are lines with numbers and severities', () => {
    const splitter = lineSplitter(API)
    expect(split(splitter, '<3>a\r\nb\n\n')).toEqual([
      ['a', 1, 3, false],
      ['b', 2, 6, false],
      ['', 3, 6, false],
    ])
    expect(split(splitter, 'c\n', { incarnation: 2 })).toEqual([['c', 1, 6, false]])
    expect(split(splitter, 'd\n', { incarnation: 2, sequence: 40 })).toEqual([['d', 41, 6, false]])
  })

  test('that begin a line are told, and its end is no line of its own', () => {
    const splitter = lineSplitter(API)
    expect(split(splitter, 'prompt> ')).toEqual([['prompt> ', 1, 6, true]])
    expect(split(splitter, '\n', { continues: true })).toEqual([])
    expect(split(splitter, 'x\n')).toEqual([['x', 3, 6, false]])
  })
})
