import { describe, expect, test } from 'vitest'
import {
  detailState,
  instance,
  KEY,
  LOG,
  listState,
  NOW,
  SERVICES,
  tellAll,
} from '../../test/fixtures/top-state.ts'
import type { Key } from './keys.ts'
import { type Ink, paint } from './line.ts'
import { beginning, type TopState } from './model.ts'
import { press } from './press.ts'
import { screenLines } from './screen.ts'
import { ASCII, type Glyphs, UNICODE } from './sparkline.ts'
import { widthOf } from './text-width.ts'

function drawn(state: TopState, ink: Ink = 'none', glyphs: Glyphs = UNICODE): string {
  const lines = screenLines(state, NOW, glyphs).map((one) => paint(one, state.size.columns, ink))
  return `${lines.join('\n')}\n`
}

function golden(name: string): string {
  return `../../test/golden/top/${name}.txt`
}

function typed(state: TopState, ...keys: readonly string[]): TopState {
  return keys.reduce((before, key) => {
    const one: Key =
      [...key].length === 1 ? { kind: 'char', char: key } : { kind: 'named', name: key as never }
    return press(before, one, NOW).state
  }, state)
}

describe('the screen', () => {
  test.each([
    [80, 24],
    [40, 10],
    [200, 60],
    [60, 16],
  ])('of a list, %i by %i', async (columns, rows) => {
    const state = listState(columns, rows)
    const screen = drawn(state)
    await expect(screen).toMatchFileSnapshot(golden(`list-${columns}x${rows}`))
    // The coloured one has the same text in the same cells.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
    const bare = drawn(state, 'colour').replace(/\u001b\[[0-9;]*m/g, '')
    expect(bare.replace(/ +$/gm, '')).toBe(screen)
  })

  test('in colour', async () => {
    await expect(drawn(listState(80, 24), 'colour')).toMatchFileSnapshot(golden('colour-80x24'))
  })

  test('without colour it says the same with bold and reverse alone', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const codes = drawn(listState(80, 24), 'mono').match(/\u001b\[[0-9;]*m/g) ?? []
    expect(new Set(codes)).toEqual(new Set(['\u001b[0m', '\u001b[1m', '\u001b[7m']))
  })

  test('in ASCII alone', async () => {
    const screen = drawn(listState(80, 24), 'none', ASCII)
    expect(screen).toMatch(/^[\x20-\x7e\n]*$/)
    await expect(screen).toMatchFileSnapshot(golden('ascii-80x24'))
  })

  test.each([
    [80, 24],
    [40, 10],
    [120, 30],
  ])('of one instance, %i by %i', async (columns, rows) => {
    const screen = drawn(detailState(columns, rows, LOG))
    await expect(screen).toMatchFileSnapshot(golden(`detail-${columns}x${rows}`))
  })

  test('of the groups, with instances unfolded', async () => {
    const state = typed(listState(80, 24), 'g', 'down', 'down', '+')
    await expect(drawn(state)).toMatchFileSnapshot(golden('groups-80x24'))
  })

  test('of the help, which names every key', async () => {
    await expect(drawn(typed(listState(80, 30), '?'))).toMatchFileSnapshot(golden('help-80x30'))
    const first = drawn(typed(listState(80, 12), '?'))
    expect(first).toContain('more below')
    expect(drawn(typed(listState(80, 12), '?', ...Array(40).fill('down')))).toContain('q     ')
  })

  test('of a guard that is gone says since when, and what it had', async () => {
    const state = tellAll(listState(80, 24), {
      kind: 'lost',
      key: KEY,
      reason: 'nobody listens there any more',
    })
    const screen = drawn(state)
    expect(screen).toContain(
      '! the guard of shop is gone for 0s, asking again: nobody listens there',
    )
    expect(screen).toContain('web (3)')
  })

  test('of a filter that hides all says how to see them', () => {
    const screen = drawn(typed(listState(80, 24), '/', 'z', 'z', 'enter'))
    expect(screen).toContain('filter: text zz')
    expect(screen).toContain('nothing fits the filter; Esc shows all')
  })

  test('of a problem that is long has all of it, and a question stays one', () => {
    const text = `api: ${'it needs db to be ready, '.repeat(4)}and that is given up; stead explain db`
    const told = tellAll(listState(80, 24), { kind: 'notice', text, how: 'bad' })
    expect(drawn(told).replaceAll('\n', ' ')).toContain(`14:03:22Z ${text}`)
    const services = Array.from({ length: 60 }, (_, at) => `service-${at}`)
    const changes = services.map(
      (service) => ({ service, action: 'restart', settings: [] }) as const,
    )
    const asked = tellAll(listState(80, 24), { kind: 'changes', key: KEY, changes })
    expect(drawn(asked)).toMatch(/apply: service-0 restarts, .*\n.*…\? y\/N\n$/)
    const small = tellAll(listState(40, 10), { kind: 'changes', key: KEY, changes })
    expect(drawn(small)).toMatch(/apply: service-0 restarts.*…\? y\/N\n$/)
  })

  test('too small says what it needs', () => {
    expect(drawn(listState(29, 20)).trim()).toBe('too small: 30x6 at least')
    expect(drawn(listState(8, 1))).toBe('too smal\n')
    expect(drawn(listState(80, 0))).toBe('\n')
  })

  test('with nothing wrong says so, and what is wrong first where something is', () => {
    const well = drawn(listState(80, 24, [instance('web')]))
    expect(well).toContain('nothing is wrong')
    const one = drawn(listState(80, 24, [instance('web'), SERVICES[2] as never]))
    expect(one).toContain('! mail backoff: it ended with signal SIGSEGV; restart in 4.2s')
  })

  test('wide characters are measured as two cells', () => {
    const words = '準備完了：接続を待っています、とても長い状態の説明文ですから切られます'
    const state = listState(150, 14, [
      instance('db', { statusText: words }),
      instance('web', { phase: 'stopped', pid: null, why: words.repeat(4) }),
    ])
    const lines = screenLines(state, NOW, UNICODE).map((one) => paint(one, 150, 'none'))
    for (const text of lines) expect(widthOf(text)).toBeLessThanOrEqual(150)
    expect(lines.join('\n')).toContain('準備完了：接続')
    const cut = lines.find((text) => text.includes(' web ')) ?? ''
    expect(cut.endsWith('…')).toBe(true)
    expect(widthOf(cut)).toBeGreaterThanOrEqual(149)
  })

  test('never is wider or longer than the terminal, whatever is on it', () => {
    const long = instance(`${'x'.repeat(120)}@12`, {
      why: 'y'.repeat(500),
      phase: 'fatal',
      pid: null,
    })
    const states = [
      (c: number, r: number) => listState(c, r, [...SERVICES, long]),
      (c: number, r: number) => typed(listState(c, r, [...SERVICES, long]), 'g', '+', 'x'),
      (c: number, r: number) => detailState(c, r, [...LOG, 'z'.repeat(900), '界'.repeat(200)]),
      (c: number, r: number) => typed(listState(c, r), '?'),
      (c: number, r: number) => typed(listState(c, r), '/', ...'a long filter that goes on and on'),
    ]
    for (const make of states) {
      for (const columns of [1, 29, 30, 31, 39, 40, 50, 60, 66, 72, 80, 110, 130, 132, 200]) {
        for (const rows of [1, 6, 7, 13, 14, 24, 60]) {
          const lines = screenLines(make(columns, rows), NOW, UNICODE)
          expect(lines.length).toBeLessThanOrEqual(rows)
          for (const one of lines) {
            const text = one.spans.map((span) => span.text).join('')
            expect(widthOf(text), `${columns}x${rows}: ${text}`).toBeLessThanOrEqual(columns)
          }
        }
      }
    }
  })

  test('text of others is shown, and never sent', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202ereversed\r\n\u0000'
    const services = [
      instance('web', { statusText: evil }),
      instance('api', { phase: 'fatal', pid: null, why: evil }),
    ]
    const list = listState(200, 24, services)
    const state = tellAll({ ...list, filter: '' }, { kind: 'notice', text: evil, how: 'bad' })
    const detail = detailState(120, 40, [evil, `2026-11-21T14:02:07.120Z <6> ${evil}`])
    for (const one of [state, detail, typed(state, '/', ...evil)]) {
      const screen = drawn(one)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      expect(screen).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    }
    expect(drawn(state)).toContain('\\x1b]0;owned\\x07\\x1b[2J\\x9b31m\\u202ereversed')
  })

  test('before anything is known is not empty-handed', () => {
    expect(drawn(beginning({ columns: 80, rows: 24 }))).toContain('no services')
  })
})
