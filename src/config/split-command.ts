/**
 * Splits a command line into words as a POSIX shell would (XCU 2.2, quoting): blanks separate, quotes
 * and backslashes protect. Nothing is expanded and no shell runs.
 *
 * @returns the words, or null where a quote is not closed
 */
export function splitCommand(line: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  for (let i = 0; i < line.length; i += 1) {
    const char = line[i] as string
    if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else if (char === "'") {
      const end = line.indexOf("'", i + 1)
      if (end === -1) return null
      word = (word ?? '') + line.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      word ??= ''
      for (i += 1; line[i] !== '"'; i += 1) {
        if (i >= line.length) return null
        // Within double quotes a backslash protects only what would be special there.
        if (line[i] === '\\' && '"\\$`\n'.includes(line[i + 1] ?? ' ')) i += 1
        word += line[i]
      }
    } else if (char === '\\') {
      if (i + 1 >= line.length) return null
      i += 1
      word = (word ?? '') + line[i]
    } else {
      word = (word ?? '') + char
    }
  }
  if (word !== null) words.push(word)
  return words
}
