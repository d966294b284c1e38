/** The text is no XML, or more of XML than XML-RPC has. */
export class XmlProblem extends Error {}

/** A place in a text of XML, and the few steps from it that XML-RPC needs. */
export interface XmlCursor {
  /** Passes over white space and comments between elements. */
  skip(): void
  /** Whether a tag `<name>` or `<name/>` begins here. */
  atOpen(): boolean
  atEnd(): boolean
  /** Reads an opening tag; `empty` for `<name/>`. */
  open(): { readonly name: string; readonly empty: boolean }
  /** Reads `</name>`. */
  close(name: string): void
  /** Reads text up to the next tag: references are replaced, CDATA sections are taken as they are. */
  text(): string
}

const NAME = /<([A-Za-z][A-Za-z0-9.]{0,30})\s*(\/?)>/y
const DECLARATION =
  /^\uFEFF?<\?xml\s+version\s*=\s*(['"])1\.[01]\1(?:\s+encoding\s*=\s*(['"])([A-Za-z0-9._-]{1,40})\2)?(?:\s+standalone\s*=\s*(['"])(?:yes|no)\4)?\s*\?>/
const SPACE = /[ \t\r\n]*/y
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|apos|quot));/y
const CDATA = '<![CDATA['
const COMMENT = '<!--'
/** Characters that XML 1.0 does not have ("Characters", production 2). */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  apos: "'",
  quot: '"',
}

/**
 * Reads XML from its beginning. Document types, entities beside the five of XML itself, processing
 * instructions and attributes are refused: XML-RPC has no use for them, and what they can do to a
 * reader (files that are read, texts that grow without end) cannot happen.
 *
 * @throws XmlProblem here and from every step
 */
export function xmlCursor(source: string): XmlCursor {
  const forbidden = FORBIDDEN.exec(source)
  if (forbidden !== null) throw problem('a character that XML does not have', forbidden.index)
  const declaration = DECLARATION.exec(source)
  const encoding = declaration?.[3]?.toLowerCase() ?? 'utf-8'
  if (encoding !== 'utf-8' && encoding !== 'us-ascii') {
    throw new XmlProblem(`the encoding has to be UTF-8, not ${encoding}`)
  }
  let at = declaration?.[0].length ?? (source.startsWith('\uFEFF') ? 1 : 0)

  function problem(what: string, where: number): XmlProblem {
    return new XmlProblem(`${what} at character ${where + 1}`)
  }

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    if (found !== null) at = pattern.lastIndex
    return found
  }

  /** Reads up to `mark` and passes over it. */
  function upTo(mark: string, from: number, what: string): string {
    const end = source.indexOf(mark, from)
    if (end === -1) throw problem(`${what} without an end`, at)
    at = end + mark.length
    return source.slice(from, end)
  }

  function reference(): string {
    const found = match(REFERENCE)
    if (found === null) throw problem('an entity that XML-RPC does not have', at)
    const [, decimal, hexadecimal, name] = found
    if (name !== undefined) return NAMED[name] as string
    const code =
      decimal === undefined ? Number.parseInt(hexadecimal as string, 16) : Number(decimal)
    const known = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    const character = known ? String.fromCodePoint(code) : '\0'
    if (FORBIDDEN.test(character)) throw problem('a character that XML does not have', at)
    return character
  }

  return {
    skip() {
      for (match(SPACE); source.startsWith(COMMENT, at); match(SPACE)) {
        upTo('-->', at + COMMENT.length, 'a comment')
      }
    },
    atOpen: () => source[at] === '<' && source[at + 1] !== '/',
    atEnd: () => at >= source.length,
    open() {
      const found = match(NAME)
      if (found === null) throw problem('no plain opening tag', at)
      return { name: found[1] as string, empty: found[2] === '/' }
    },
    close(name) {
      const tag = `</${name}`
      const begin = at
      at += tag.length
      match(SPACE)
      if (!source.startsWith(tag, begin) || source[at] !== '>') throw problem(`no ${tag}>`, begin)
      at += 1
    },
    text() {
      let text = ''
      for (;;) {
        const begin = at
        while (at < source.length && source[at] !== '<' && source[at] !== '&') at += 1
        text += source.slice(begin, at).replace(/\r\n?/g, '\n')
        if (source[at] === '&') text += reference()
        else if (source.startsWith(CDATA, at))
          text += upTo(']]>', at + CDATA.length, 'a CDATA section')
        else if (source.startsWith(COMMENT, at)) upTo('-->', at + COMMENT.length, 'a comment')
        else return text
      }
    },
  }
}
