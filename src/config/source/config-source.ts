import { messageAt, type Place } from './origin.ts'
import { findIn, plainValue, type SourceTree } from './source-tree.ts'

/** Something wrong at a setting; `key` says that its name is meant. */
export interface FileProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly key?: boolean
}

/** Settings, out of one text or merged out of many, with the places of all that is in them. */
export interface ConfigSource {
  readonly tree: SourceTree
  readonly value: unknown
  /** The text of a plain value as it stands there: `1.10` where the value is 1.1. */
  written(path: readonly PropertyKey[]): string | null
  /** The line of a setting, from 1; of what surrounds it where it is not there. */
  lineOf(path: readonly PropertyKey[]): number
  /**
   * Problems in words, in the order of the file: place, setting, message, and the line with a mark
   * under the place. With several files each has its problems together.
   */
  describe(problems: readonly FileProblem[]): string[]
}

/** @param isSecret settings whose lines are not shown; none unless given */
export function configSource(
  tree: SourceTree,
  isSecret: (path: readonly PropertyKey[]) => boolean = () => false,
): ConfigSource {
  let value: { of: unknown } | null = null
  return {
    tree,
    get value() {
      value ??= { of: plainValue(tree) }
      return value.of
    },
    written(path) {
      const node = findIn(tree, path)?.node
      if (node?.kind !== 'scalar') return null
      return typeof node.value === 'string' ? node.value : node.written
    },
    lineOf(path) {
      const { origin, offset } = placeOf(tree, { path, message: '', key: true })
      return origin.position(offset).line
    },
    describe(problems) {
      const placed = problems.map((problem) => ({ problem, place: placeOf(tree, problem) }))
      const origins = [
        ...new Set([tree.place, ...placed.map((one) => one.place)].map((p) => p.origin)),
      ]
      const rank = new Map(origins.map((origin, index) => [origin, index]))
      const order = (a: Place, b: Place): number =>
        (rank.get(a.origin) ?? 0) - (rank.get(b.origin) ?? 0) || a.offset - b.offset
      return placed
        .sort((a, b) => order(a.place, b.place))
        .map(({ problem: { path, message }, place }) => {
          const setting = path.map(String).join('.')
          const text = setting === '' ? message : `${setting}: ${message}`
          return messageAt(place, text, isSecret(path))
        })
    },
  }
}

/** Where a problem is shown: what is missing has no place, so the name of what surrounds it is. */
export function placeOf(tree: SourceTree, { path, key = false }: FileProblem): Place {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const found = findIn(tree, path.slice(0, depth))
    if (found === null) continue
    const named = key || depth < path.length || found.node.kind === 'map'
    return named ? (found.key ?? found.node.place) : found.node.place
  }
  return tree.place
}
