import type { DraftService } from './draft.ts'
import type { Place } from './loss.ts'

/**
 * The arguments of a command line of Windows, without the program before them: the rules of
 * CommandLineToArgvW and of the C runtime ("Parsing C command-line arguments").
 */
export function windowsWords(line: string): string[] {
  const words: string[] = []
  for (let at = 0; ; ) {
    while (at < line.length && isBlank(line[at] as string)) at += 1
    if (at >= line.length) return words
    const { word, next } = wordAt(line, at)
    words.push(word)
    at = next
  }
}

function wordAt(line: string, from: number): { word: string; next: number } {
  let at = from
  let word = ''
  let quoted = false
  while (at < line.length && (quoted || !isBlank(line[at] as string))) {
    let slashes = 0
    while (line[at + slashes] === '\\') slashes += 1
    at += slashes
    if (line[at] === '"') {
      // Two backslashes before a quote are one; an odd one makes the quote a character.
      word += '\\'.repeat(slashes >> 1)
      if (slashes % 2 === 1) word += '"'
      else if (quoted && line[at + 1] === '"') {
        word += '"'
        at += 1
      } else quoted = !quoted
      at += 1
    } else if (slashes > 0) word += '\\'.repeat(slashes)
    else {
      word += line[at]
      at += 1
    }
  }
  return { word, next: at }
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

/** Tells of a line with quotes for cmd.exe, or for what it runs: it has rules of its own for them. */
export function loseQuotes(
  service: DraftService,
  program: string,
  line: string,
  { place, setting }: { readonly place: Place; readonly setting: string },
): void {
  if (!/\.(cmd|bat)$|(^|[\\/])cmd(\.exe)?$/i.test(program) || !/["^&|<>]/.test(line)) return
  service.lose(
    setting,
    place,
    'cmd.exe has rules of its own for quotes, and words are not what it goes by',
    'a .cmd file with this line in it, as the command',
  )
}
