import { unitWords } from './words.ts'

export interface UnitCommand {
  /** What stead runs. */
  readonly command: readonly string[]
  /** A shell was needed, to put variables in when it starts. */
  readonly shell: boolean
  /** The prefixes that stand before the path. */
  readonly prefixes: string
}

/**
 * A command line of a unit, systemd.service(5) "COMMAND LINES": `${X}` within a word and `$X` as a word of
 * its own are variables, `$$` is `$`. What the unit says of a variable is put in; what only a file or the
 * manager knows is left to a shell.
 *
 * @returns null where a quote is not closed
 */
export function unitCommand(
  line: string,
  env: Readonly<Record<string, string>>,
): UnitCommand | null {
  const words = unitWords(line)
  if (words === null) return null
  const prefixes = /^[@\-:+!]*/.exec(words[0] ?? '')?.[0] ?? ''
  const [path = '', ...rest] = words
  const args = prefixes.includes('@') ? rest.slice(1) : rest
  const all = [path.slice(prefixes.length), ...args].filter(
    (word, index) => index > 0 || word !== '',
  )
  if (prefixes.includes(':')) return { command: all, shell: false, prefixes }
  let shell = false
  const asked = all.flatMap((word): { text: string; parts: readonly Part[] }[] => {
    const bare = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1]
    if (bare !== undefined) {
      const value = Object.hasOwn(env, bare) ? env[bare] : undefined
      if (value !== undefined)
        return (unitWords(value) ?? value.split(/\s+/)).map((text) => ({ text, parts: [{ text }] }))
      shell = true
      return [{ text: word, parts: [{ words: bare }] }]
    }
    const parts = partsOf(word, env)
    if (parts.some((part) => 'value' in part)) shell = true
    return [{ text: parts.map((part) => ('text' in part ? part.text : '')).join(''), parts }]
  })
  if (!shell) return { command: asked.map(({ text }) => text), shell, prefixes }
  const script = asked.map(({ parts }) => parts.map(quoted).join('') || "''").join(' ')
  return { command: ['/bin/sh', '-fc', `exec ${script}`], shell, prefixes }
}

type Part = { readonly text: string } | { readonly value: string } | { readonly words: string }

function partsOf(word: string, env: Readonly<Record<string, string>>): Part[] {
  const parts: Part[] = []
  let last = 0
  const plain = (text: string): void => {
    if (text !== '') parts.push({ text })
  }
  for (const match of word.matchAll(/\$\$|\$\{([A-Za-z_]\w*)\}/g)) {
    plain(word.slice(last, match.index))
    last = match.index + match[0].length
    const name = match[1]
    if (name === undefined) plain('$')
    else if (Object.hasOwn(env, name)) plain(env[name] as string)
    else parts.push({ value: name })
  }
  plain(word.slice(last))
  return parts
}

function quoted(part: Part): string {
  if ('value' in part) return `"\${${part.value}}"`
  return 'words' in part ? `$${part.words}` : shellQuoted(part.text)
}

/** A text as a POSIX shell reads it back. */
export function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_/.:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
