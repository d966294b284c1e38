import type { Key, KeyName } from './keys.ts'
import { listRoom } from './layout.ts'
import {
  type Ask,
  type DetailView,
  type Pressed,
  SHOWS,
  SORTS,
  type Sort,
  type TopState,
} from './model.ts'
import { pressPrompt } from './press-prompt.ts'
import { pickedRow, type Row, rowsOf } from './rows.ts'
import { settled } from './settled.ts'
import { verbOf } from './verb-keys.ts'

const ASKS: Readonly<Partial<Record<KeyName, Ask>>> = {
  interrupt: { kind: 'quit' },
  suspend: { kind: 'suspend' },
  redraw: { kind: 'redraw' },
}

/** What a key does: the next state, and what is asked of guards and terminal. `now` in milliseconds. */
export function press(state: TopState, key: Key, now: number): Pressed {
  const always = key.kind === 'named' ? ASKS[key.name] : undefined
  if (always !== undefined) return { state, asks: [always] }
  const { state: next, asks } = pressed(state, key, now)
  return { state: settled(next), asks }
}

function pressed(state: TopState, key: Key, now: number): Pressed {
  if (state.prompt !== null) return pressPrompt(state, state.prompt, key)
  if (key.kind === 'paste') return { state, asks: [] }
  const name = key.kind === 'named' ? key.name : key.char
  if (state.help !== null) return pressHelp(state, state.help, name)
  if (name === 'q' && state.detail === null) return { state, asks: [{ kind: 'quit' }] }
  if (name === '?') return { state: { ...state, help: 0 }, asks: [] }
  const verb = verbOf(state, name, now)
  if (verb !== null) return verb
  const next =
    state.detail === null ? pressList(state, name) : pressDetail(state, state.detail, name)
  return { state: next, asks: [] }
}

function pressHelp(state: TopState, help: number, name: string): Pressed {
  const step = name === 'down' || name === 'j' ? 1 : name === 'up' || name === 'k' ? -1 : 0
  if (step !== 0) return { state: { ...state, help: Math.max(0, help + step) }, asks: [] }
  // Whatever else is pressed goes back: who looks for the way out finds it.
  return { state: { ...state, help: null }, asks: [] }
}

/** How far a key moves, in rows; null for one that does not. */
function moveOf(name: string, page: number): number | null {
  switch (name) {
    case 'up':
    case 'k':
      return -1
    case 'down':
    case 'j':
      return 1
    case 'page-up':
      return -page
    case 'page-down':
      return page
    case 'home':
      return Number.NEGATIVE_INFINITY
    case 'end':
      return Number.POSITIVE_INFINITY
  }
  return null
}

function pressList(state: TopState, name: string): TopState {
  const move = moveOf(name, listRoom(state))
  if (move !== null) return moved(state, move)
  switch (name) {
    case 'enter':
      return entered(state)
    case 'right':
    case '+':
      return folded(state, true)
    case 'left':
    case '-':
      return folded(state, false)
    case ' ':
      return folded(state, null)
    case '/':
      return withText(state, 'filter', state.filter)
    case 'L':
      return withText(state, 'label', state.label?.text ?? '')
    case 'f':
      return { ...state, show: SHOWS[(SHOWS.indexOf(state.show) + 1) % SHOWS.length] ?? 'all' }
    case '>':
      return { ...state, sort: sortBeside(state.sort, 1) }
    case '<':
      return { ...state, sort: sortBeside(state.sort, -1) }
    case 'v':
      return { ...state, reversed: !state.reversed }
    case 'g':
      return { ...state, grouped: !state.grouped }
    case 'c':
      return { ...state, graph: state.graph === 'cpu' ? 'memory' : 'cpu' }
    case 'escape':
      // One thing at a time: first what was said, then what is filtered.
      return state.notice === null
        ? { ...state, filter: '', show: 'all', label: null }
        : { ...state, notice: null }
  }
  return state
}

function pressDetail(state: TopState, detail: DetailView, name: string): TopState {
  const page = Math.max(1, Math.floor(state.size.rows / 2))
  const move = moveOf(name, page)
  if (move !== null) {
    const back = Math.min(Math.max(0, detail.back - move), Math.max(0, detail.lines.length - 1))
    return { ...state, detail: { ...detail, back } }
  }
  switch (name) {
    case 'escape':
    case 'q':
    case 'left':
    case 'backspace':
      return { ...state, detail: null }
    case 'tab':
      return { ...state, detail: { ...detail, logOnly: !detail.logOnly } }
    case '>':
      return beside(state, detail, 1)
    case '<':
      return beside(state, detail, -1)
  }
  return state
}

function withText(state: TopState, what: 'filter' | 'label', text: string): TopState {
  return { ...state, prompt: { kind: 'text', what, text, target: null } }
}

function sortBeside(sort: Sort, step: number): Sort {
  return SORTS[(SORTS.indexOf(sort) + step + SORTS.length) % SORTS.length] ?? 'trouble'
}

function moved(state: TopState, move: number): TopState {
  const rows = rowsOf(state)
  const to = Math.min(Math.max(0, state.pickedAt + move), Math.max(0, rows.length - 1))
  return { ...state, pickedAt: to, picked: rows[to]?.key ?? null }
}

function entered(state: TopState): TopState {
  const row = pickedRow(state)
  if (row === null) return state
  return row.kind === 'instance' ? lookedAt(state, row) : folded(state, null)
}

function lookedAt(state: TopState, { target, members }: Row): TopState {
  const id = members[0]?.id ?? target.name
  const fresh = { detail: null, error: null, lines: [], back: 0, logOnly: false }
  return { ...state, detail: { ...fresh, guard: target.guard, id } }
}

/** The next instance of the list, looked at as closely. */
function beside(state: TopState, detail: DetailView, step: number): TopState {
  const rows = rowsOf(state).filter(({ kind }) => kind === 'instance')
  const at = rows.findIndex(
    ({ target, members }) => target.guard === detail.guard && members[0]?.id === detail.id,
  )
  const row = rows[(at + step + rows.length) % Math.max(1, rows.length)]
  if (row === undefined) return state
  const next = lookedAt(state, row)
  return {
    ...next,
    picked: row.key,
    detail: next.detail && { ...next.detail, logOnly: detail.logOnly },
  }
}

/** Unfolds or folds what is chosen, or turns it round. An instance is folded with its service. */
function folded(state: TopState, open: boolean | null): TopState {
  const rows = rowsOf(state)
  const at = state.pickedAt
  const row = rows[at]
  if (row === undefined) return state
  if (row.open === null) {
    if (open !== false || row.depth === 0) return state
    const head = rows.slice(0, at).findLast(({ depth }) => depth < row.depth)
    return head === undefined
      ? state
      : folded({ ...state, picked: head.key, pickedAt: rows.indexOf(head) }, false)
  }
  if (row.open === open) return state
  const toggled = new Set(state.toggled)
  if (!toggled.delete(row.key)) toggled.add(row.key)
  return { ...state, toggled }
}
