import { describe, expect, test } from 'vitest'
import {
  FACTS,
  instance,
  KEY,
  listState,
  NOW,
  SERVICES,
  tellAll,
} from '../../test/fixtures/top-state.ts'
import type { Key } from './keys.ts'
import { type Ask, beginning, type TopState } from './model.ts'
import { press } from './press.ts'
import { pickedRow, rowsOf } from './rows.ts'

const start = (): TopState => listState(80, 24)

function typed(state: TopState, ...keys: readonly string[]): { state: TopState; asks: Ask[] } {
  const asks: Ask[] = []
  let now = state
  for (const key of keys) {
    const one: Key =
      [...key].length === 1 ? { kind: 'char', char: key } : { kind: 'named', name: key as never }
    const pressed = press(now, one, NOW)
    now = pressed.state
    asks.push(...pressed.asks)
  }
  return { state: now, asks }
}

const names = (state: TopState): string[] => rowsOf(state).map(({ name }) => name)
const picked = (state: TopState): string | undefined => pickedRow(state)?.name

describe('choosing', () => {
  test('begins with the worst, and moves by rows, pages and to the ends', () => {
    expect(names(start())).toEqual(['api', 'search', 'mail', 'report', 'db', 'web', 'nightly'])
    expect(picked(start())).toBe('api')
    expect(picked(typed(start(), 'down', 'j').state)).toBe('mail')
    expect(picked(typed(start(), 'down', 'j', 'k', 'up', 'up').state)).toBe('api')
    expect(picked(typed(start(), 'end', 'down').state)).toBe('nightly')
    expect(picked(typed(start(), 'end', 'home').state)).toBe('api')
    expect(picked(typed(start(), 'page-down').state)).toBe('nightly')
  })

  test('stays with the service when others pass it', () => {
    const before = typed(start(), 'end', 'up').state
    expect(picked(before)).toBe('web')
    const worse = instance('nightly', { phase: 'fatal', pid: null })
    const after = tellAll(before, {
      kind: 'status',
      key: KEY,
      asked: ['nightly'],
      services: [worse],
    })
    expect(names(after)).toEqual(['api', 'nightly', 'search', 'mail', 'report', 'db', 'web'])
    expect(picked(after)).toBe('web')
  })

  test('goes to the row in its place when the service is removed', () => {
    const before = typed(start(), 'down').state
    const after = tellAll(before, { kind: 'status', key: KEY, asked: ['search'], services: [] })
    expect(picked(after)).toBe('mail')
  })

  test('scrolls as far as is needed', () => {
    const many = Array.from({ length: 100 }, (_, at) => instance(`svc-${at}`))
    const state = typed(listState(80, 24, many), ...Array(30).fill('down')).state
    expect(state.first).toBeGreaterThan(0)
    expect(state.pickedAt - state.first).toBeLessThan(24)
    expect(typed(state, 'home').state.first).toBe(0)
    const small = tellAll(state, { kind: 'size', columns: 80, rows: 8 })
    expect(small.pickedAt - small.first).toBeLessThan(8)
  })
})

describe('folding', () => {
  test('instances are folded; Right unfolds them, Left folds from within', () => {
    const open = typed(start(), 'end', 'up', 'right').state
    expect(names(open).slice(5, 9)).toEqual(['web', 'web@1', 'web@2', 'web@3'])
    const inside = typed(open, 'down', 'down').state
    expect(picked(inside)).toBe('web@2')
    const folded = typed(inside, 'left').state
    expect(picked(folded)).toBe('web')
    expect(names(folded)).not.toContain('web@2')
  })

  test('Enter and Space turn it round; on an instance Enter looks at it', () => {
    const open = typed(start(), 'end', 'up', 'enter').state
    expect(names(open)).toContain('web@2')
    expect(names(typed(open, ' ').state)).not.toContain('web@2')
    const looked = typed(open, 'down', 'enter').state
    expect(looked.detail).toMatchObject({ guard: KEY, id: 'web@1' })
    expect(typed(looked, '>').state.detail?.id).toBe('web@2')
    expect(typed(looked, '>', '<').state.detail?.id).toBe('web@1')
    expect(typed(looked, 'escape').state.detail).toBeNull()
    expect(typed(looked, 'q')).toMatchObject({ asks: [], state: { detail: null } })
  })
})

describe('sorting and grouping', () => {
  test('by each column, and the other way round', () => {
    expect(names(typed(start(), '>').state)[0]).toBe('api')
    expect(names(typed(start(), '>', '>').state)[0]).toBe('search')
    expect(names(typed(start(), '>', '>', '>', '>').state)[0]).toBe('api')
    expect(names(typed(start(), '>', 'v').state)[0]).toBe('web')
    expect(typed(start(), '<').state.sort).toBe('uptime')
  })

  test('by groups: those in none come last', () => {
    expect(names(typed(start(), 'g').state)).toEqual([
      'front',
      'api',
      'web',
      'search',
      'mail',
      'report',
      'db',
      'nightly',
    ])
    expect(names(typed(start(), 'g', 'left').state).slice(0, 2)).toEqual(['front', 'search'])
  })

  test('a verb on the row of a group is for the group', () => {
    expect(typed(start(), 'g', 's').asks).toMatchObject([{ target: { name: 'front' } }])
  })
})

describe('filters', () => {
  test('text holds while it is written; Enter keeps it, Esc forgets it', () => {
    const writing = typed(start(), '/', 'w', 'e').state
    expect(names(writing)).toEqual(['web'])
    expect(names(typed(writing, 'backspace', 'backspace').state)).toHaveLength(7)
    expect(names(typed(writing, 'enter').state)).toEqual(['web'])
    expect(names(typed(writing, 'enter', 'escape').state)).toHaveLength(7)
    expect(names(typed(writing, 'escape').state)).toHaveLength(7)
    expect(names(typed(start(), '/', ...'SIGSEGV').state)).toEqual(['mail'])
  })

  test('keys of verbs are text while it is written', () => {
    const { state, asks } = typed(start(), '/', 'x', 'y', 'q', 's')
    expect(asks).toEqual([])
    expect(state.filter).toBe('xyqs')
  })

  test('by state: wrong, up, down', () => {
    expect(names(typed(start(), 'f').state)).toEqual(['api', 'search', 'mail'])
    expect(names(typed(start(), 'f', 'f').state)).toEqual(['search', 'db', 'web'])
    expect(names(typed(start(), 'f', 'f', 'f').state)).toContain('nightly')
    expect(names(typed(start(), 'f', 'f', 'f', 'f').state)).toHaveLength(7)
  })

  test('by label: the guard is asked who has it', () => {
    const { state, asks } = typed(start(), 'L', ...'tier=web', 'enter')
    expect(asks).toEqual([{ kind: 'label', text: 'tier=web' }])
    const told = tellAll(state, { kind: 'label', text: 'tier=web', ids: [`${KEY} db`] })
    expect(names(told)).toEqual(['db'])
    expect(names(typed(told, 'L', 'clear', 'enter').state)).toHaveLength(7)
  })
})

describe('verbs', () => {
  test('that end nothing are asked for at once', () => {
    const target = { guard: KEY, name: 'api' }
    expect(typed(start(), 's').asks).toEqual([
      { kind: 'act', target, verb: 'start', rolling: false },
    ])
    for (const [key, verb] of Object.entries({ l: 'reload', o: 'once', p: 'pause' })) {
      expect(typed(start(), key).asks).toMatchObject([{ verb }])
    }
  })

  test.each([
    ['x', 'stop', false],
    ['r', 'restart', false],
    ['R', 'restart', true],
    ['h', 'hold', false],
  ])('%s ends something, so it is asked for twice', (key, verb, rolling) => {
    const { state, asks } = typed(start(), key)
    expect(asks).toEqual([])
    expect(state.prompt).toMatchObject({
      kind: 'confirm',
      text: expect.stringContaining(`${verb} api`),
    })
    const target = { guard: KEY, name: 'api' }
    expect(typed(state, 'y').asks).toEqual([{ kind: 'act', target, verb, rolling }])
    for (const no of ['n', 'enter', 'escape', ' ', key]) {
      expect(typed(state, no)).toMatchObject({ asks: [], state: { prompt: null } })
    }
  })

  test('a question is about the service it was asked for, whatever happens to the list', () => {
    const asked = typed(start(), 'x').state
    const moved = tellAll(asked, { kind: 'status', key: KEY, asked: ['api'], services: [] })
    expect(typed(moved, 'y').asks).toMatchObject([{ target: { name: 'api' }, verb: 'stop' }])
  })

  test('what is pasted answers nothing and asks for nothing', () => {
    const paste: Key = { kind: 'paste', text: 'xyxy\rq' }
    expect(press(start(), paste, NOW)).toEqual({ state: start(), asks: [] })
    const asked = typed(start(), 'x').state
    expect(press(asked, paste, NOW)).toMatchObject({ asks: [], state: { prompt: null } })
    const filter = press(typed(start(), '/').state, { kind: 'paste', text: 'we\nb' }, NOW)
    expect(filter.state.filter).toBe('we b')
  })

  test('p resumes what is paused', () => {
    const paused = instance('api', { phase: 'paused' })
    const state = tellAll(start(), { kind: 'status', key: KEY, asked: ['api'], services: [paused] })
    const at = rowsOf(state).findIndex(({ name }) => name === 'api')
    expect(typed(state, 'home', ...Array(at).fill('down'), 'p').asks).toMatchObject([
      { verb: 'resume' },
    ])
  })

  test('signal and scale take a line; scale is for the service of an instance', () => {
    const target = { guard: KEY, name: 'api' }
    expect(typed(start(), 'i', ...'USR1', 'enter').asks).toEqual([
      { kind: 'signal', target, signal: 'USR1' },
    ])
    expect(typed(start(), 'i', 'enter').asks).toEqual([])
    expect(typed(start(), 'i', 'H', 'escape').asks).toEqual([])
    const web = typed(start(), 'end', 'up', 'right', 'down', 'down', 'n', '5', 'enter')
    expect(web.asks).toEqual([
      { kind: 'scale', target: { guard: KEY, name: 'web' }, instances: '5' },
    ])
  })

  test('apply shows its changes before it is done', () => {
    expect(typed(start(), 'a').asks).toEqual([{ kind: 'apply', guard: KEY, dryRun: true }])
    const asked = tellAll(start(), {
      kind: 'changes',
      key: KEY,
      changes: [
        { service: 'db', action: 'restart', settings: ['env'] },
        { service: 'web', action: 'nothing', settings: [] },
      ],
    })
    expect(asked.prompt).toMatchObject({ text: 'apply: db restarts' })
    expect(typed(asked, 'y').asks).toEqual([{ kind: 'apply', guard: KEY, dryRun: false }])
    const none = tellAll(start(), { kind: 'changes', key: KEY, changes: [] })
    expect(none).toMatchObject({ prompt: null, notice: { text: 'stead.yaml has no changes' } })
  })

  test('are refused while the guard is gone', () => {
    const gone = tellAll(start(), { kind: 'lost', key: KEY, reason: 'it has ended' })
    const { state, asks } = typed(gone, 'x')
    expect(asks).toEqual([])
    expect(state).toMatchObject({
      prompt: null,
      notice: { kind: 'bad', text: 'the guard is gone' },
    })
  })

  test('that are the manager’s where it keeps the guard are named', () => {
    const facts = { ...FACTS, file: null }
    const state = tellAll(beginning({ columns: 80, rows: 24 }), {
      kind: 'guard',
      key: KEY,
      facts,
      services: SERVICES,
      groups: [],
    })
    const { state: refused, asks } = typed(state, 'x')
    expect(asks).toEqual([])
    expect(refused.notice?.text).toBe('the manager starts and stops it: stead stop api')
    expect(typed(state, 'l').asks).toMatchObject([{ verb: 'reload' }])
  })
})

describe('around it', () => {
  test('q, Ctrl-C, Ctrl-Z and Ctrl-L are the terminal’s, the last three at any time', () => {
    expect(typed(start(), 'q').asks).toEqual([{ kind: 'quit' }])
    const writing = typed(start(), '/').state
    expect(typed(writing, 'interrupt').asks).toEqual([{ kind: 'quit' }])
    expect(typed(writing, 'suspend', 'redraw').asks).toEqual([
      { kind: 'suspend' },
      { kind: 'redraw' },
    ])
  })

  test('the help goes away with any key, and that key does nothing else', () => {
    const help = typed(start(), '?').state
    expect(help.help).toBe(0)
    expect(typed(help, 'x')).toMatchObject({ asks: [], state: { help: null, prompt: null } })
  })

  test('keys before anything is known do no harm', () => {
    const keys = ['down', 'enter', 's', 'x', 'p', 'n', 'i', 'a', '+', '-', ' ', 'g', '>', 'end']
    expect(typed(beginning({ columns: 80, rows: 24 }), ...keys).asks).toEqual([])
  })

  test('the log of one is scrolled, and stays where it is read', () => {
    const looked = typed(start(), 'enter').state
    const log = (count: number, fresh: boolean) =>
      ({
        kind: 'log',
        key: KEY,
        id: 'api',
        lines: Array.from({ length: count }, (_, at) => `line ${at}`),
        fresh,
      }) as const
    const read = typed(tellAll(looked, log(50, true)), 'up', 'up').state
    expect(read.detail?.back).toBe(2)
    expect(tellAll(read, log(3, false)).detail?.back).toBe(5)
    expect(typed(read, 'end').state.detail?.back).toBe(0)
    const most = tellAll(looked, log(5_000, true))
    expect(most.detail?.lines).toHaveLength(1_000)
    expect(typed(most, 'home').state.detail?.back).toBe(999)
  })
})
