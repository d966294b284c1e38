import type { PackTarget } from '../model/pack-spec.ts'

/** What stands in a template of an artefact's name. */
export const ARCHIVE_NAME_WORDS = ['name', 'version', 'os', 'arch'] as const

type Word = (typeof ARCHIVE_NAME_WORDS)[number]

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g

/** Words that stand in the template and mean nothing. */
export function unknownWords(template: string): readonly string[] {
  return [...template.matchAll(PLACE)]
    .map(([, word = '']) => word)
    .filter((word) => !ARCHIVE_NAME_WORDS.includes(word as Word))
}

/** The name of an artefact without its ending: `hello_1.0.0_linux_x64`. */
export function archiveName(
  template: string,
  product: { readonly name: string; readonly version: string },
  target: PackTarget,
): string {
  const [os = '', arch = ''] = target.split('-')
  const words: Readonly<Record<Word, string>> = {
    name: product.name,
    version: product.version,
    os,
    arch,
  }
  return template.replace(PLACE, (place, word: string) => words[word as Word] ?? place)
}
