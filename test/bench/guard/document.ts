import { readFileSync } from 'node:fs'

export function readDocument(path: string): string {
  return readFileSync(path, 'utf8')
}

/**
 * `document` with `text` between the markers `<!-- NAME -->` and `<!-- /NAME -->`.
 *
 * @throws where the document has no such markers, or more than one pair
 */
export function replaceSection(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const parts = document.split(begin)
  const rest = (parts[1] ?? '').split(end)
  if (parts.length !== 2 || rest.length !== 2) throw new Error(`no place for ${name}: ${begin}`)
  return `${parts[0]}${begin}\n\n${text}\n\n${end}${rest[1]}`
}
