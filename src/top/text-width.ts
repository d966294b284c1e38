const PLAIN = /^[\x20-\x7e]*$/
const MARK = /^[\p{Mn}\p{Me}]$/u
const EMOJI = /^\p{Emoji_Presentation}$/u

/** Ranges of East Asian Wide and Fullwidth characters (Unicode Standard Annex 11), emoji aside. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
]

/** Cells of a terminal that a character takes: 0, 1 or 2. What is ambiguous is narrow. */
function cellsOf(char: string): number {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (MARK.test(char)) return 0
  // The later parts of a Korean syllable sit in the cells of its first.
  if (code >= 0x1160 && code <= 0x11ff) return 0
  if (WIDE.some(([from, to]) => code >= from && code <= to)) return 2
  return EMOJI.test(char) ? 2 : 1
}

/** Cells of a terminal that safe text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const char of text) width += cellsOf(char)
  return width
}

/** The text in at most so many cells; one that is cut ends with `mark`. */
export function clip(text: string, width: number, mark = '…'): string {
  if (width <= 0) return ''
  if (widthOf(text) <= width) return text
  const room = width - widthOf(mark)
  if (room < 0) return ''
  let used = 0
  let kept = ''
  for (const char of text) {
    const cells = cellsOf(char)
    if (used + cells > room) break
    used += cells
    kept += char
  }
  return kept + mark
}

/** The text in exactly so many cells, cut or filled up. */
export function sized(
  text: string,
  width: number,
  side: 'left' | 'right' = 'left',
  mark = '…',
): string {
  const cut = clip(text, width, mark)
  const fill = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return side === 'left' ? cut + fill : fill + cut
}

/** The text in lines of at most so many cells, broken at blanks where there are any. */
export function wrap(text: string, width: number, most: number, mark = '…'): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (rest !== '' && lines.length < most - 1 && widthOf(rest) > width) {
    const whole = clip(rest, width, '')
    if (whole === '') break
    const blank = whole.lastIndexOf(' ')
    const line = rest[whole.length] === ' ' || blank <= 0 ? whole : whole.slice(0, blank)
    lines.push(line.trimEnd())
    rest = rest.slice(line.length).trimStart()
  }
  if (rest !== '') lines.push(clip(rest, width, mark))
  return lines
}
