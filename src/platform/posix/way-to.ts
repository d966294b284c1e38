import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, isAbsolute, join, parse, resolve, sep } from 'node:path'
import type { WayStep } from '../../model/way-to-file.ts'

/** As many links as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40

/**
 * Every step of the way to a file, from the root on, links and where they lead among them. A name with
 * `*` ends with its directory: whatever may be added there is meant.
 *
 * @param path absolute
 */
export function wayTo(path: string): readonly WayStep[] {
  const way: WayStep[] = []
  let links = 0
  const walk = (target: string): void => {
    const { root } = parse(target)
    const names = target.slice(root.length).split(sep)
    if (way.length === 0) note(root, lstatSync(root))
    let at = root
    for (const [index, name] of names.filter((one) => one !== '').entries()) {
      const next = join(at, name)
      const facts = factsOf(next)
      if (facts === null || name.includes('*')) {
        way.push({ path: next, kind: 'missing', owner: 0, mode: 0 })
        return
      }
      note(next, facts)
      if (facts.isSymbolicLink()) {
        links += 1
        if (links > MOST_LINKS) return
        const link = readlinkSync(next)
        const to = isAbsolute(link) ? link : resolve(dirname(next), link)
        walk(join(to, ...names.filter((one) => one !== '').slice(index + 1)))
        return
      }
      at = next
    }
  }
  const note = (step: string, facts: Stats): void => {
    const kind = facts.isSymbolicLink() ? 'link' : facts.isDirectory() ? 'directory' : 'file'
    way.push({ path: step, kind, owner: facts.uid, mode: facts.mode & 0o7777 })
  }
  walk(resolve(path))
  return way
}

/** Null where it is not there, or cannot be reached. */
function factsOf(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}
