import { isDeepStrictEqual } from 'node:util'
import { findIn, plainValue, type SourceTree } from '../source/source-tree.ts'
import { explainSettings } from './explain-settings.ts'

/** A setting that two configurations have differently. */
export interface SettingChange {
  readonly path: readonly string[]
  /** As it may be shown, secrets masked; left out where it is not there. */
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * What is different between two configurations, setting by setting, in the order of the second and
 * then of the first. A secret that is another one is told, and neither is shown.
 */
export function compareSettings(before: SourceTree, after: SourceTree): SettingChange[] {
  const [old, next] = [leavesOf(before), leavesOf(after)]
  const keys = new Set([...next.keys(), ...old.keys()])
  return [...keys].flatMap((key) => {
    const [a, b] = [old.get(key), next.get(key)]
    if (a !== undefined && b !== undefined && isDeepStrictEqual(a.value, b.value)) return []
    const path = (b ?? a)?.path ?? []
    return [{ path, ...(a && { before: a.shown }), ...(b && { after: b.shown }) }]
  })
}

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
  readonly shown: unknown
}

function leavesOf(tree: SourceTree): Map<string, Leaf> {
  return new Map(
    explainSettings(tree).map(({ path, value: shown }) => {
      const node = findIn(tree, path)?.node
      return [JSON.stringify(path), { path, shown, value: node && plainValue(node) }]
    }),
  )
}
