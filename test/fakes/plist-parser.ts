/**
 * Reads XML property lists for the fake launchd: strict, only what launchd.plist(5) needs, and
 * written apart from the renderer so that one cannot hide the other's mistakes. The real parsers of
 * python and libplist read the same golden files.
 */
export type Parsed = string | number | boolean | Parsed[] | { [key: string]: Parsed }

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

export function parsePlist(text: string): Parsed {
  const body = text.replace(
    /^<\?xml[^>]*\?>\s*<!DOCTYPE[^>]*>\s*(?:<!--(?:(?!--)[\s\S])*-->\s*)*/,
    '',
  )
  const tokens = [...body.matchAll(/<([^>]*)>|([^<]+)/g)].map(([, tag, content]) => ({
    tag,
    content,
  }))
  let at = 0
  const tag = (): string => {
    while (tokens[at]?.tag === undefined && /^\s*$/.test(tokens[at]?.content ?? 'x')) at++
    return tokens[at++]?.tag ?? fail('a tag')
  }
  const textUntil = (end: string): string => {
    const content = tokens[at]?.content
    if (content !== undefined) at++
    if (tokens[at++]?.tag !== end) fail(`<${end}>`)
    return unescapeXml((content ?? '').replace(/\r\n?/g, '\n'))
  }
  const fail = (wanted: string): never => {
    throw new Error(`not a property list: ${wanted} is missing at token ${at}`)
  }
  const value = (opening: string): Parsed => {
    switch (opening) {
      case 'string':
        return textUntil('/string')
      case 'integer': {
        const number = textUntil('/integer')
        return /^-?\d+$/.test(number) ? Number(number) : fail('an integer')
      }
      case 'true/':
        return true
      case 'false/':
        return false
      case 'array/':
        return []
      case 'dict/':
        return {}
      case 'array': {
        const items: Parsed[] = []
        for (let next = tag(); next !== '/array'; next = tag()) items.push(value(next))
        return items
      }
      case 'dict': {
        const entries: [string, Parsed][] = []
        for (let next = tag(); next !== '/dict'; next = tag()) {
          if (next !== 'key') fail('<key>')
          entries.push([textUntil('/key'), value(tag())])
        }
        return Object.fromEntries(entries)
      }
      default:
        return fail(`a value instead of <${opening}>`)
    }
  }
  if (tag() !== 'plist version="1.0"') fail('<plist>')
  const root = value(tag())
  if (tag() !== '/plist') fail('</plist>')
  return root
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, code?: string, name?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code))
    const found = name === undefined ? undefined : ENTITIES[name]
    if (found === undefined) throw new Error(`not XML: ${whole}`)
    return found
  })
}
