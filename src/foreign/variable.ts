/**
 * Texts of a draft are as they are; only the emitter knows what `$` means in stead.yaml. A variable that
 * the guard shall put in is marked by noncharacters of Unicode, which no configuration has.
 */
const OPEN = '\uFDD0'
const DEFAULT = '\uFDD1'
const CLOSE = '\uFDD2'
const VARIABLE = /\uFDD0([A-Za-z_]\w*)(?:\uFDD1([^\uFDD0-\uFDD2}\r\n]*))?\uFDD2/
const MARKS = /[\uFDD0-\uFDD2]/g

/** A variable of the guard's environment within a text; null where its default cannot be written. */
export function variable(name: string, fallback: string | null): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return null
  if (fallback === null) return `${OPEN}${name}${CLOSE}`
  if (/[}\r\n\uFDD0-\uFDD2]|^-/.test(fallback)) return null
  return `${OPEN}${name}${DEFAULT}${fallback}${CLOSE}`
}

/** Is there a variable in it? */
export function hasVariable(text: string): boolean {
  return text.includes(OPEN)
}

/** The text as stead.yaml has to have it, where `${…}` is a variable and `$$` is `$`. */
export function withDollars(text: string): string {
  const parts = text.split(VARIABLE)
  // What a mark that is no mark stands for is not text.
  const plain = parts
    .filter((_, index) => index % 3 === 0)
    .map((part) => part.replace(MARKS, '\uFFFD'))
  const doubled = parts.length > 1 || plain.some((part) => /\$[${]/.test(part))
  return plain
    .map((part, index) => {
      const name = parts[index * 3 + 1]
      const fallback = parts[index * 3 + 2]
      const variable =
        name === undefined ? '' : `\${${name}${fallback === undefined ? '' : `:${fallback}`}}`
      return (doubled ? part.replaceAll('$', '$$$$') : part) + variable
    })
    .join('')
}
