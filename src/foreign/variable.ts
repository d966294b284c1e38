/**
 * Texts of a draft are as they are; only the emitter knows what `$` means in stead.yaml. A variable that
 * the guard shall put in is marked by noncharacters of Unicode, which no configuration has.
 */
const OPEN = '\uFDD0'
const DEFAULT = '\uFDD1'
const CLOSE = '\uFDD2'

/** A variable of the guard's environment within a text; null where its default cannot be written. */
export function variable(name: string, fallback: string | null): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return null
  if (fallback === null) return `${OPEN}${name}${CLOSE}`
  if (/[}\r\n]|^-/.test(fallback) || fallback.includes(OPEN)) return null
  return `${OPEN}${name}${DEFAULT}${fallback}${CLOSE}`
}

/** Is there a variable in it? */
export function hasVariable(text: string): boolean {
  return text.includes(OPEN)
}

/** The text as stead.yaml has to have it, where `${…}` is a variable and `$$` is `$`. */
export function withDollars(text: string): string {
  const plain = /\$[${]/.test(text) || (text.includes('$') && text.includes(OPEN))
  return (plain ? text.replaceAll('$', '$$$$') : text)
    .replaceAll(OPEN, '${')
    .replaceAll(DEFAULT, ':')
    .replaceAll(CLOSE, '}')
}
