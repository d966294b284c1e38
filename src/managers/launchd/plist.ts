/** What a property list of ours can hold; Apple's PropertyList-1.0 DTD knows dates and data besides. */
export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue }

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

/**
 * Writes a property list as XML. The same value gives the same text: keys stand in the order given.
 *
 * @param comment stands in an XML comment before the value; must not contain `--`
 */
export function renderPlist(value: PlistValue, comment: string): string {
  return `${HEAD}<!-- ${comment} -->\n<plist version="1.0">\n${renderValue(value, '')}\n</plist>\n`
}

function renderValue(value: PlistValue, indent: string): string {
  if (typeof value === 'string') return `${indent}<string>${escapeXml(value)}</string>`
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>`
  if (typeof value === 'boolean') return `${indent}<${value}/>`
  const inner = `${indent}\t`
  if (isArray(value)) {
    if (value.length === 0) return `${indent}<array/>`
    return `${indent}<array>\n${value.map((item) => renderValue(item, inner)).join('\n')}\n${indent}</array>`
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}<key>${escapeXml(key)}</key>\n${renderValue(item, inner)}`,
  )
  if (entries.length === 0) return `${indent}<dict/>`
  return `${indent}<dict>\n${entries.join('\n')}\n${indent}</dict>`
}

function isArray(value: PlistValue): value is readonly PlistValue[] {
  return Array.isArray(value)
}

/**
 * Text for XML content. A carriage return is written as a reference because every XML parser turns a
 * bare one into a line feed (XML 1.0, section 2.11); a tab or line feed stands for itself.
 */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

/**
 * Why XML cannot carry a text, or null where it can: outside the production `Char` of XML 1.0,
 * section 2.2, a character cannot be written at all, not even as a reference.
 */
export function xmlProblem(text: string): string | null {
  for (const character of text) {
    const code = character.codePointAt(0) as number
    const carried =
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000
    if (!carried) {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      return `it has the character ${name}, which a property list (XML) cannot carry`
    }
  }
  return null
}
