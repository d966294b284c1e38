import { isScalar, isSeq, parseDocument, visit } from 'yaml'

/** A sealed value in a file: the setting, and the offsets of `ENC(…)` in the text. */
export interface SealedPlace {
  readonly path: readonly string[]
  readonly start: number
  readonly end: number
}

const ENVELOPE = /ENC\([^()\s"']*\)/
/** A line of an env file; its value may stand in quotes. */
const LINE = /^[ \t]*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*["']?(ENC\([^()\s"']*\))/gm

/**
 * Every sealed value in the text of a YAML or JSON file, or of an env file (by `.env` in its name), in
 * the order of the text.
 *
 * @returns the problem instead, where the text cannot be read
 */
export function sealedPlaces(
  name: string,
  text: string,
): readonly SealedPlace[] | { readonly problem: string } {
  if (/\.env(\.[^/\\]*)?$/.test(name)) return inEnvFile(text)
  const document = parseDocument(text, { prettyErrors: false, strict: true, logLevel: 'error' })
  const [fault] = document.errors
  if (fault !== undefined) return { problem: fault.message }
  const found: SealedPlace[] = []
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || node.range == null) return
      const [from, to] = node.range
      const match = ENVELOPE.exec(text.slice(from, to))
      if (match === null || match[0] !== node.value) return
      const start = from + match.index
      found.push({ path: pathOf(ancestors, node), start, end: start + match[0].length })
    },
  })
  return found
}

function inEnvFile(text: string): SealedPlace[] {
  return [...text.matchAll(LINE)].map((match) => {
    const [whole, name = '', sealed = ''] = match
    const end = match.index + whole.length
    return { path: ['env', name], start: end - sealed.length, end }
  })
}

/** The names and numbers on the way from the document to a node. */
function pathOf(ancestors: readonly unknown[], node: unknown): string[] {
  const path: string[] = []
  ancestors.forEach((parent, index) => {
    const child = ancestors[index + 1] ?? node
    if (isSeq(parent)) path.push(String(parent.items.indexOf(child)))
    const { key } = parent as { readonly key?: unknown }
    if (isScalar(key)) path.push(String(key.value))
  })
  return path
}
