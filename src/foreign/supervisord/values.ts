/** The values of supervisord 4.2, as supervisor/datatypes.py and Python's shlex read them. */

/** @returns null for what supervisord would refuse */
export function booleanOf(text: string): boolean | null {
  const word = text.toLowerCase()
  if (['yes', 'true', 'on', '1'].includes(word)) return true
  return ['no', 'false', 'off', '0'].includes(word) ? false : null
}

export function integerOf(text: string): number | null {
  return /^\s*[+-]?\d{1,9}\s*$/.test(text) ? Number(text) : null
}

/** `50MB`; the units are powers of 1024. */
export function bytesOf(text: string): number | null {
  const match = /^\s*(\d{1,12})\s*(kb|mb|gb)?\s*$/i.exec(text)
  if (match === null) return null
  const unit = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[match[2]?.toLowerCase() ?? ''] ?? 1
  return Number(match[1]) * unit
}

/** Signals by their numbers on Linux, signal(7), for x86 and ARM. */
const NUMBERS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )

/** The name of a signal that is written as a name or as a number. */
export function signalText(text: string): string {
  const word = text.trim()
  const name = /^\d+$/.test(word) ? (NUMBERS[Number(word) - 1] ?? word) : word.toUpperCase()
  return name.startsWith('SIG') ? name : `SIG${name}`
}

/**
 * `KEY=val,KEY2="a,b"`: read by shlex in its old, not POSIX, way, with the word characters that supervisord
 * adds; the separator between two pairs is any one token.
 *
 * @returns null where it cannot be read
 */
export function pairsOf(text: string): Record<string, string> | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  const pairs: [string, string][] = []
  for (let i = 0; i < tokens.length; i += 4) {
    const [key, equals, value] = tokens.slice(i, i + 3)
    if (key === undefined || equals !== '=' || value === undefined) return null
    pairs.push([key, value.replace(/^['"]+|['"]+$/g, '')])
  }
  return Object.fromEntries(pairs)
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = []
  for (let i = 0; i < text.length; ) {
    const char = text[i] as string
    if (/[ \t\r\n]/.test(char)) i += 1
    else if (char === '#') {
      const end = text.indexOf('\n', i)
      i = end === -1 ? text.length : end + 1
    } else if (/[A-Za-z0-9_/.+\-():]/.test(char)) {
      // Within a word a quote that opens stays part of it up to the next one.
      const word = /^[A-Za-z0-9_/.+\-():'"]+/.exec(text.slice(i))?.[0] as string
      tokens.push(word)
      i += word.length
    } else if (char === '"' || char === "'") {
      const end = text.indexOf(char, i + 1)
      if (end === -1) return null
      tokens.push(text.slice(i, end + 1))
      i = end + 1
    } else {
      tokens.push(char)
      i += 1
    }
  }
  return tokens
}

/**
 * Words of a command by shlex.split, which is how supervisord takes it apart: as a POSIX shell, but within
 * double quotes a backslash protects only `"` and itself.
 *
 * @returns null where a quote is not closed
 */
export function wordsOf(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string
    if (/[ \t\r\n]/.test(char)) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    word ??= ''
    if (char === '\\') {
      if (i + 1 >= text.length) return null
      i += 1
      word += text[i]
    } else if (char === "'" || char === '"') {
      for (i += 1; text[i] !== char; i += 1) {
        if (i >= text.length) return null
        if (char === '"' && text[i] === '\\' && /["\\]/.test(text[i + 1] ?? '')) i += 1
        word += text[i]
      }
    } else word += char
  }
  if (word !== null) words.push(word)
  return words
}

/**
 * `%(name)s` and its kin, as Python's `%` has them: flags, width, precision, `s` or `d`; `%%` is `%`.
 *
 * @returns the problem in words instead, where it cannot be expanded
 */
export function expand(
  text: string,
  value: (name: string) => string | number | null,
): { readonly text: string } | { readonly problem: string } {
  let problem: string | null = null
  const expanded = text.replace(
    /%(?:\(([^()]*)\)([-+ #0]*)(\d{0,3})(?:\.\d+)?([a-zA-Z])|(%)|)/g,
    (whole, name?: string, flags = '', width = '', type = 's', percent?: string) => {
      if (percent !== undefined) return '%'
      if (name === undefined) problem ??= `a "%" in it has to be written "%%"`
      const found = name === undefined ? null : value(name)
      if (found === null) {
        problem ??= `there is no value for ${JSON.stringify(whole)}`
        return whole
      }
      const size = Number(width)
      if (flags.includes('-')) return String(found).padEnd(size)
      return String(found).padStart(size, flags.includes('0') && type !== 's' ? '0' : ' ')
    },
  )
  return problem === null ? { text: expanded } : { problem }
}
