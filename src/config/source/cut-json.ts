import type { CutText } from './cut-text.ts'

interface Member {
  /** Where its value begins and ends. */
  readonly from: number
  readonly to: number
}

/**
 * Cuts JSON by its braces and quotes alone: whether what is between them is JSON, somebody else looks at.
 *
 * @returns null where there are comments, a name that is written with escapes or stands there twice, or it
 *   does not come out even
 */
export function cutJson(text: string): CutText | null {
  const root = membersOf(text, 0)
  if (root === null || root.end !== text.trimEnd().length) return null
  const section = root.members.get('services')
  if (section === undefined) return { frame: text, services: new Map(), without: () => text }
  const found = membersOf(text, section.from)
  if (found === null || found.end !== section.to) return null
  const head = text.slice(0, section.from)
  const rest = text.slice(section.to)
  const services = new Map(
    [...found.members].map(([name, { from, to }]) => [name, text.slice(from, to)] as const),
  )
  return {
    frame: `${head}\0${rest}`,
    services,
    without(names) {
      const own = [...services].map(
        ([name, value]) => `${JSON.stringify(name)}: ${names.has(name) ? 'null' : value}`,
      )
      return `${head}{${own.join(',\n')}}${rest}`
    },
  }
}

const BLANK = /[ \t\r\n]*/y
/** A text in quotes, as far as its end is concerned. */
const TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"/y
/** What is neither a text nor a bracket; a slash is a comment's. */
const PLAIN = /[^"{}[\]/]+/y
/** A number or a word. */
const WORD = /[^"{}[\]/,:\s]+/y

function membersOf(
  text: string,
  start: number,
): { readonly members: ReadonlyMap<string, Member>; readonly end: number } | null {
  let at = end(BLANK, text, start)
  if (text[at] !== '{') return null
  const members = new Map<string, Member>()
  at = end(BLANK, text, at + 1)
  if (text[at] === '}') return { members, end: at + 1 }
  for (;;) {
    const close = end(TEXT, text, at)
    const name = text.slice(at + 1, close - 1)
    if (close === at || name.includes('\\') || members.has(name)) return null
    at = end(BLANK, text, close)
    if (text[at] !== ':') return null
    const from = end(BLANK, text, at + 1)
    const to = endOfValue(text, from)
    if (to === null) return null
    members.set(name, { from, to })
    at = end(BLANK, text, to)
    if (text[at] === '}') return { members, end: at + 1 }
    if (text[at] !== ',') return null
    at = end(BLANK, text, at + 1)
  }
}

function endOfValue(text: string, from: number): number | null {
  let at = from
  let depth = 0
  do {
    const begun = at
    const first = text[at]
    if (first === '{' || first === '[') {
      depth += 1
      at += 1
    } else if (first === '}' || first === ']') {
      depth -= 1
      at += 1
    } else if (first === '"') at = end(TEXT, text, at)
    else at = end(depth > 0 ? PLAIN : WORD, text, at)
    if (at === begun || depth < 0) return null
  } while (depth > 0)
  return at
}

/** Where `what` ends that begins at `at`; `at` itself where it does not. */
function end(what: RegExp, text: string, at: number): number {
  what.lastIndex = at
  return what.test(text) ? what.lastIndex : at
}
