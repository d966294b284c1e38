/** What a terminal would not show as it is: controls, what turns the direction of writing, halves of pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const PLAIN = /^[\x20-\x7e]*$/
const NOT_ASCII = /[^\x20-\x7e]/gu
/** More marks than that on one letter are meant to run over the lines beside it. */
const PILE_OF_MARKS = /(\p{M}{2})\p{M}+/gu
/** Asks for the wide form of what is measured as narrow. */
const WIDE_FORM = /\ufe0f/g

/**
 * Text of others, such as a name or a line of a log, as it may be sent to a terminal: escape sequences
 * are shown (`\x1b[2J`) and never sent.
 *
 * @param ascii also what is no ASCII is shown by its number
 */
export function safeText(text: string, ascii = false): string {
  if (PLAIN.test(text)) return text
  const seen = text.replaceAll('\t', '    ').replace(WIDE_FORM, '').replace(UNSEEN, escaped)
  if (ascii) return seen.replace(NOT_ASCII, escaped)
  const tidy = seen.replace(PILE_OF_MARKS, '$1')
  // A mark without a letter would sit on what stands before the text.
  return /^\p{M}/u.test(tidy) ? `\u25cc${tidy}` : tidy
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
