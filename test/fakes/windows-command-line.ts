/**
 * How Windows takes a command line apart, for tests on other systems: the documented rules of
 * CommandLineToArgvW and of the C runtime ("Parsing C command-line arguments"), and of
 * ExpandEnvironmentStringsW. The suite in Wine checks the same cases against a real process.
 */
export function splitCommandLine(line: string): string[] {
  const words: string[] = []
  let at = 0
  // The first word ends at its closing quote or a blank; backslashes mean nothing in it.
  let first = ''
  for (let quoted = false; at < line.length; at += 1) {
    const character = line[at] as string
    if (character === '"') quoted = !quoted
    else if (isBlank(character) && !quoted) break
    else first += character
  }
  words.push(first)
  for (;;) {
    while (at < line.length && isBlank(line[at] as string)) at += 1
    if (at >= line.length) return words
    const [word, next] = wordAt(line, at)
    words.push(word)
    at = next
  }
}

function wordAt(line: string, start: number): [word: string, next: number] {
  let at = start
  let word = ''
  let quoted = false
  while (at < line.length && (quoted || !isBlank(line[at] as string))) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0
    at += slashes
    if (line[at] !== '"') {
      word += '\\'.repeat(slashes)
      if (slashes === 0) {
        word += line[at]
        at += 1
      }
      continue
    }
    word += '\\'.repeat(Math.floor(slashes / 2))
    if (slashes % 2 === 1) word += '"'
    else if (quoted && line[at + 1] === '"') {
      word += '"'
      at += 1
    } else quoted = !quoted
    at += 1
  }
  return [word, at]
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

/** Replaces `%NAME%` for names that are there, whatever their case, and leaves the rest alone. */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const upper = new Map(
    Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value]),
  )
  let expanded = ''
  let at = 0
  for (;;) {
    const open = text.indexOf('%', at)
    const close = open === -1 ? -1 : text.indexOf('%', open + 1)
    if (close === -1) return expanded + text.slice(at)
    const value = upper.get(text.slice(open + 1, close).toUpperCase())
    expanded += text.slice(at, open) + (value ?? text.slice(open, close))
    // An unknown name ends before its second sign, which may begin another name.
    at = value === undefined ? close : close + 1
  }
}
