import { isSealed, type SecretOpener } from '../model/ports/secret-opener.ts'
import type { FileProblem } from './source/config-source.ts'

/** A value with every sealed text in it opened, and a problem for each that cannot be. */
export function openSealed(
  value: unknown,
  open: SecretOpener,
): { readonly value: unknown; readonly problems: readonly FileProblem[] } {
  const problems: FileProblem[] = []
  const walk = (part: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof part === 'string') {
      if (!isSealed(part)) return part
      const opened = open(part, path)
      if ('value' in opened) return opened.value
      problems.push({ path, message: opened.problem })
      return ''
    }
    if (Array.isArray(part)) return part.map((item, index) => walk(item, [...path, index]))
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, walk(item, [...path, key])]),
    )
  }
  return { value: walk(value, []), problems }
}
