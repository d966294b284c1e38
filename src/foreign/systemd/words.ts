const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
}

/**
 * Words by systemd.syntax(7), "QUOTING": blanks separate, single and double quotes protect, C escapes hold
 * in both and outside.
 *
 * @returns null where a quote is not closed
 */
export function unitWords(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string
    if (char === '\\') {
      const [value, length] = escapeAt(text, i + 1)
      word = (word ?? '') + value
      i += length
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if ((char === '"' || char === "'") && word === null) {
      quote = char
      word = ''
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else if (char === '"' || char === "'") {
      quote = char
    } else word = (word ?? '') + char
  }
  if (quote !== '') return null
  if (word !== null) words.push(word)
  return words
}

function escapeAt(text: string, at: number): [value: string, length: number] {
  const rest = text.slice(at, at + 9)
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest)
  if (hex !== null) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16)
    return [code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '', hex[0].length]
  }
  const octal = /^[0-7]{3}/.exec(rest)?.[0]
  if (octal !== undefined) return [String.fromCharCode(Number.parseInt(octal, 8) & 0xff), 3]
  const char = rest[0] ?? ''
  return [ESCAPES[char] ?? char, char === '' ? 0 : 1]
}

export interface Specifiers {
  readonly unit: string
  readonly home: string
  readonly user: string
  readonly host: string
}

/**
 * `%n`, `%i` and their kin, systemd.unit(5) "SPECIFIERS"; `%%` is `%`.
 *
 * @param tell is told of those that only a running system knows
 */
export function specified(
  text: string,
  { unit, home, user, host }: Specifiers,
  tell: (why: string) => void,
): string {
  const name = unit.replace(/\.service$/, '')
  const at = name.indexOf('@')
  const prefix = at === -1 ? name : name.slice(0, at)
  const instance = at === -1 ? '' : name.slice(at + 1)
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    n: unit,
    N: name,
    p: prefix,
    P: unescaped(prefix),
    i: instance,
    I: unescaped(instance),
    j: prefix.slice(prefix.lastIndexOf('-') + 1),
    f: `/${unescaped(instance === '' ? prefix : instance).replace(/^\/+/, '')}`,
    H: host,
    l: host.split('.')[0] as string,
    h: home,
    u: user,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
  }
  return text.replace(/%(.?)/gs, (whole, letter: string) => {
    if ((letter === 'i' || letter === 'I') && instance === '') {
      tell(`${whole} is the instance of a template, and it has none`)
      return 'INSTANCE'
    }
    const value = known[letter]
    if (value !== undefined) return value
    tell(`${whole} is known to systemd alone`)
    return whole
  })
}

/** systemd-escape(1): `-` stands for `/`, `\\x2d` for a byte. */
function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})|-/g, (_, hex?: string) =>
    hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
