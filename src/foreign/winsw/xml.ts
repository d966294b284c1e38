import { parseXml, XmlDocumentType, XmlElement, XmlError } from '@rgrove/parse-xml'
import type { Place } from '../loss.ts'
import { type Source, shown } from '../source.ts'
import { checkSize, invalid } from '../structure.ts'

/** An element of a configuration, whose children WinSW finds by their names alone. */
export interface Element {
  readonly name: string
  readonly place: Place
  /** What is written in it, without what its children have. */
  readonly text: string
  readonly children: readonly Element[]
  attribute(name: string): string | null
  /** The first child of this name; null where there is none. */
  first(name: string): Element | null
  all(name: string): readonly Element[]
}

/** No configuration of a wrapper is nested deeper; a reader that calls itself has to stop somewhere. */
const MAX_DEPTH = 40

/**
 * The root of a file of XML. A document type is refused, whatever it says: entities that it could
 * declare would let a small file be a huge one, or read others.
 *
 * @throws FILE_UNREADABLE, FOREIGN_INVALID
 */
export function readXml(source: Source): Element {
  const file = shown(source, source.path)
  const text = (source.files.readText(source.path) ?? '').replace(/^\uFEFF/, '')
  const refuse = (line: number, why: string): Error => invalid(file, [`${file}:${line}: ${why}`])
  const encoding = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]{1,40})/.exec(text)?.[1] ?? 'utf-8'
  if (text.includes('\uFFFD') && !/^(utf-?(8|16)|us-ascii)$/i.test(encoding))
    throw refuse(1, `it is written in ${encoding}: save it as UTF-8`)
  const opening = text.match(/<(?![!?/])/g)?.length ?? 0
  if (opening > 20_000 || depthOf(text) > MAX_DEPTH)
    throw refuse(1, `its elements are more than 20000, or nested deeper than ${MAX_DEPTH}`)
  try {
    const read = parseXml(text, { includeOffsets: true, preserveDocumentType: true })
    const type = read.children.find((node) => node instanceof XmlDocumentType)
    if (type !== undefined)
      throw refuse(lineAt(text, type.start), 'it has a document type, which is not read')
    const { root } = read
    if (root === null) throw refuse(1, 'it has no element')
    const made = elementOf(root, file, text)
    checkSize(root.toJSON(), file)
    return made
  } catch (error) {
    if (error instanceof XmlError)
      throw refuse(error.line, error.message.split('\n')[0]?.replace(/ \(line .*/, '') ?? 'no XML')
    throw error
  }
}

function elementOf(element: XmlElement, file: string, text: string): Element {
  const children = element.children
    .filter((node): node is XmlElement => node instanceof XmlElement)
    .map((child) => elementOf(child, file, text))
  return {
    name: element.name,
    place: { file, line: lineAt(text, element.start) },
    text: element.children
      .map((node) => (node instanceof XmlElement ? '' : ((node as { text?: string }).text ?? '')))
      .join('')
      .trim(),
    children,
    attribute: (name) =>
      Object.hasOwn(element.attributes, name) ? (element.attributes[name] as string) : null,
    first: (name) => children.find((child) => child.name === name) ?? null,
    all: (name) => children.filter((child) => child.name === name),
  }
}

/** How deep its tags are nested, before anything is read by a function that calls itself. */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const [, closing, empty] of text.matchAll(/<(\/?)[A-Za-z_][^<>]*?(\/?)>/g)) {
    if (closing === '/') depth -= 1
    else if (empty !== '/') depth += 1
    most = Math.max(most, depth)
  }
  return most
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1
  return line
}
