import { posix } from 'node:path'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'

/** Files that are looked at for one pattern. */
const MAX_FOUND = 2_000

/** Paths that fit a pattern of glob(7) with `*`, `?` and `[…]`, sorted; a name without any has only to exist. */
export function glob(pattern: string, files: ForeignFiles): string[] {
  const [first = '', ...steps] = posix.normalize(pattern).split('/')
  let found = [first === '' ? '/' : first]
  steps.forEach((step, index) => {
    const last = index === steps.length - 1
    found = found.flatMap((directory) => {
      if (!/[*?[]/.test(step)) {
        const path = posix.join(directory, step)
        return !last || files.names(directory)?.includes(step) ? [path] : []
      }
      const fits = patternOf(step)
      const names = (files.names(directory) ?? []).filter(
        (name) => fits.test(name) && (step.startsWith('.') || !name.startsWith('.')),
      )
      return names.map((name) => posix.join(directory, name))
    })
    found = found.slice(0, MAX_FOUND)
  })
  return found.sort()
}

function patternOf(step: string): RegExp {
  const source = step.replace(/\[([!^]?)([^\]]+)\]|[*?]|[.+^${}()|[\]\\]/g, (part, not, set) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (set === undefined) return `\\${part}`
    return `[${not === '' ? '' : '^'}${String(set).replace(/[\\\]^]/g, '\\$&')}]`
  })
  try {
    // Stars that follow each other mean one, and would take time for nothing.
    return new RegExp(`^${source.replace(/(\.\*)+/g, '.*')}$`, 's')
  } catch {
    return /^$/
  }
}
