export type XmlAttributes = Readonly<Record<string, string | null>>

/**
 * An element of XML 1.0 in a source of WiX, with its content on lines of its own; an attribute of null is left
 * out. `$` begins a variable of its preprocessor, and is doubled.
 */
export function element(
  name: string,
  attributes: XmlAttributes,
  content: readonly string[] = [],
): string[] {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escaped(value as string)}"`)
    .join('')
  if (content.length === 0) return [`<${name}${written}/>`]
  return [`<${name}${written}>`, ...content.map((line) => `  ${line}`), `</${name}>`]
}

const ESCAPES: Readonly<Record<string, string>> = {
  $: '$$',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
const IMPOSSIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

/** Text for an attribute or an element. */
export function escaped(text: string): string {
  return text.replace(IMPOSSIBLE, ' ').replace(/[$&<>"\n\r\t]/g, (found) => ESCAPES[found] ?? found)
}

/**
 * Text that Windows Installer is not to read as a formatted one, where `[NAME]` is a property (Formatted). The words of
 * a `[\\c]` stand for the character itself.
 */
export function unformatted(text: string): string {
  return text.replace(/[[\]{}]/g, (character) => `[\\${character}]`)
}
