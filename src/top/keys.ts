/** What was typed: a character as it is, or the name of a key. */
export type Key =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'named'; readonly name: KeyName }
  /** Came in one piece from a clipboard: never taken for commands. */
  | { readonly kind: 'paste'; readonly text: string }

export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'tab'
  | 'interrupt'
  | 'suspend'
  | 'redraw'
  | 'clear'

/** After ESC [ or ESC O; xterm's, rxvt's and the Linux console's (console_codes(4)). */
const SEQUENCES: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
}

const CONTROLS: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x02': 'page-up',
  '\x03': 'interrupt',
  '\x06': 'page-down',
  '\x0c': 'redraw',
  '\x0e': 'down',
  '\x10': 'up',
  '\x15': 'clear',
  '\x1a': 'suspend',
}

const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'
const LONGEST_PASTE = 4_096
/** A sequence (ECMA-48): ESC [, parameters, intermediates, a final byte; or ESC O and one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SEQUENCE = /^\x1b(?:\[([0-9;:<=>?]*[ -/]*[@-~])|O(.))/s
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const BEGUN = /^\x1b(?:|O|\[[0-9;:<=>?]*[ -/]*)$/
const LONGEST_SEQUENCE = 32

/**
 * The keys in what a terminal sent. What may be the beginning of a sequence whose rest is on its way is
 * given back as `rest`, to stand before what comes next.
 *
 * @param last nothing more is on its way: an escape alone is the key
 */
export function keysIn(
  text: string,
  last = false,
): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = []
  let rest = text
  while (rest !== '') {
    if (rest.startsWith(PASTE_BEGIN)) {
      const end = rest.indexOf(PASTE_END)
      if (end === -1 && !last && rest.length < LONGEST_PASTE) return { keys, rest }
      const pasted = rest.slice(PASTE_BEGIN.length, end === -1 ? undefined : end)
      keys.push({ kind: 'paste', text: pasted.slice(0, LONGEST_PASTE) })
      rest = end === -1 ? '' : rest.slice(end + PASTE_END.length)
      continue
    }
    const sequence = SEQUENCE.exec(rest)
    if (sequence !== null) {
      // What has modifiers (Ctrl, Shift) is the key all the same.
      const code = (sequence[1] ?? sequence[2] ?? '').replace(/^1;\d+(?=[A-H])|;\d+(?=~)/, '')
      const name = SEQUENCES[code]
      if (name !== undefined) keys.push({ kind: 'named', name })
      rest = rest.slice(sequence[0].length)
      continue
    }
    if (!last && rest.length < LONGEST_SEQUENCE && BEGUN.test(rest)) return { keys, rest }
    const char = String.fromCodePoint(rest.codePointAt(0) as number)
    rest = rest.slice(char.length)
    if (char === '\x1b') keys.push({ kind: 'named', name: 'escape' })
    else {
      const name = CONTROLS[char]
      if (name !== undefined) keys.push({ kind: 'named', name })
      else if (!/\p{Cc}/u.test(char)) keys.push({ kind: 'char', char })
    }
  }
  return { keys, rest: '' }
}
