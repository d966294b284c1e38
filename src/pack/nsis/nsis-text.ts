/** The value of a variable of the script, such as `$INSTDIR`. */
export interface NsisVariable {
  readonly variable: string
}

/**
 * A text that a script works with has no more characters: NSIS_MAX_STRLEN of Debian's and the official build is 1024, with
 * the NUL at the end. What is longer is cut without a word, by makensis and by what it makes.
 */
export const LONGEST_TEXT = 1_023

export type NsisPart = string | NsisVariable

export function variable(name: string): NsisVariable {
  return { variable: name }
}

/**
 * A string of NSIS (its manual, 4.1 "Script File Format"): in double quotes; `$` doubled, a quote, line ends and tabs
 * escaped. A backquote and an apostrophe mean nothing in there. Other control characters have no
 * escape and become blanks.
 *
 * Only for instructions: macros of LogicLib put backquotes around what they are given, so those get registers.
 */
export function nsisString(...parts: readonly NsisPart[]): string {
  return `"${parts.map((part) => (typeof part === 'string' ? escaped(part) : `$${part.variable}`)).join('')}"`
}

const ESCAPES: Readonly<Record<string, string>> = {
  $: '$$',
  '"': '$\\"',
  '\n': '$\\n',
  '\r': '$\\r',
  '\t': '$\\t',
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return text.replace(/[$"\x00-\x1f\x7f]/g, (character) => ESCAPES[character] ?? ' ')
}
