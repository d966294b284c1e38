import type { Key } from './keys.ts'
import type { Ask, Pressed, Prompt, TopState } from './model.ts'

const LONGEST = 200

/** A key while something is asked: the answer to a question, or a line that is written. */
export function pressPrompt(state: TopState, prompt: Prompt, key: Key): Pressed {
  if (prompt.kind === 'confirm') {
    const yes = key.kind === 'char' && (key.char === 'y' || key.char === 'Y')
    return { state: { ...state, prompt: null }, asks: yes ? [prompt.ask] : [] }
  }
  if (key.kind === 'named') {
    const closed = { ...state, prompt: null }
    if (key.name === 'enter') return entered(closed, prompt)
    if (key.name === 'escape') return left(closed, prompt)
    if (key.name === 'clear') return written(state, prompt, '')
    if (key.name !== 'backspace') return { state, asks: [] }
    return written(state, prompt, [...prompt.text].slice(0, -1).join(''))
  }
  const more = key.kind === 'char' ? key.char : key.text.replace(/\p{Cc}+/gu, ' ')
  return written(state, prompt, [...prompt.text, ...more].slice(0, LONGEST).join(''))
}

type TextPrompt = Extract<Prompt, { kind: 'text' }>

/** A filter holds while it is written. */
function written(state: TopState, prompt: TextPrompt, text: string): Pressed {
  const filter = prompt.what === 'filter' ? { filter: text } : {}
  return { state: { ...state, ...filter, prompt: { ...prompt, text } }, asks: [] }
}

function entered(state: TopState, { what, text, target }: TextPrompt): Pressed {
  const ask = askOf(what, text.trim(), target)
  if (what === 'label' && ask === null) return { state: { ...state, label: null }, asks: [] }
  return { state, asks: ask === null ? [] : [ask] }
}

function left(state: TopState, { what }: TextPrompt): Pressed {
  return { state: what === 'filter' ? { ...state, filter: '' } : state, asks: [] }
}

function askOf(what: TextPrompt['what'], text: string, target: TextPrompt['target']): Ask | null {
  if (text === '') return null
  if (what === 'label') return { kind: 'label', text }
  if (target === null) return null
  if (what === 'signal') return { kind: 'signal', target, signal: text }
  return what === 'scale' ? { kind: 'scale', target, instances: text } : null
}
