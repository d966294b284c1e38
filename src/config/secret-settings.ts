import { isSealed } from '../model/ports/secret-opener.ts'
import { isSecretName, isSecretPlace, MASK, maskUrls } from '../model/secret-names.ts'
import type { SourceTree } from './source/source-tree.ts'

/** Shorter ones would mask letters of words. */
const SHORTEST = 4

/**
 * Whether the value of a setting is masked wherever it is shown: its name says so, or the name of what it
 * is in, and it is not about where the secret is (`tokens[0].file`). Sealed values are as well, whatever
 * they are called.
 */
export function isSecretSetting(path: readonly PropertyKey[]): boolean {
  const names = path.filter((step) => !/^\d+$/.test(String(step))).map(String)
  const last = names.at(-1)
  return last !== undefined && !isSecretPlace(last) && names.some(isSecretName)
}

/** The secret texts of settings: those by name, and those that were sealed before they were opened. */
export function secretTexts(sealed: SourceTree, opened: unknown): string[] {
  const found = new Set<string>()
  const walk = (node: SourceTree, value: unknown, path: readonly PropertyKey[]): void => {
    if (node.kind === 'scalar') {
      if (typeof value !== 'string' || value.length < SHORTEST) return
      const closed = typeof node.value === 'string' && isSealed(node.value)
      if (closed || isSecretSetting(path)) found.add(value)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const inside = value as Readonly<Record<string, unknown>>
    if (node.kind === 'list')
      node.items.forEach((item, index) => {
        walk(item, inside[index], [...path, index])
      })
    else for (const [name, entry] of node.entries) walk(entry.node, inside[name], [...path, name])
  }
  walk(sealed, opened, [])
  // The longest first: one may be a part of another.
  return [...found].sort((a, b) => b.length - a.length)
}

/** A problem as `describe` tells it, without secrets: where one stands in the line, that is left out. */
export function problemWithoutSecrets(problem: string, secrets: readonly string[]): string {
  const [message = '', ...lines] = problem.split('\n')
  const masked = withoutSecrets(message, secrets)
  const clean = lines.every((line) => withoutSecrets(line, secrets) === line)
  return clean ? [masked, ...lines].join('\n') : masked
}

/** A text without secrets in it, as they are and as JSON writes them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const masked = secrets.reduce(
    (rest, secret) =>
      rest.replaceAll(secret, MASK).replaceAll(JSON.stringify(secret).slice(1, -1), MASK),
    text,
  )
  return maskUrls(masked)
}
