import { namedOrigin } from '../source/origin.ts'
import type { SourceEntry, SourceMap, SourceTree } from '../source/source-tree.ts'
import { LAYERS, type Layer } from './layer.ts'

/**
 * Layers as one map: the stronger wins, whatever order they are given in; of two with the same name the
 * later. How values meet is in `mergeTrees`. Each value keeps its place, and in `shadows` what it hides.
 */
export function mergeLayers(layers: readonly Layer[]): SourceMap {
  const nothing: SourceMap = {
    kind: 'map',
    entries: new Map(),
    place: { origin: namedOrigin('default', 'the configuration'), offset: 0 },
  }
  return LAYERS.flatMap((name) => layers.filter((layer) => layer.name === name)).reduce(
    (below, { values }) => mergeTrees(below, values) as SourceMap,
    nothing,
  )
}

/**
 * What holds where `above` is stronger than `below`.
 *
 * Maps are merged name by name. Anything else is replaced whole, lists too: a list that grew by layers
 * could not be made shorter. `null` takes away what is below it (RFC 7396 has it so); above nothing it
 * is a value.
 */
export function mergeTrees(below: SourceTree, above: SourceTree): SourceTree {
  if (above.kind !== 'map' || below.kind !== 'map') return replaced(below, above)
  const entries = new Map<string, SourceEntry>(below.entries)
  for (const [name, entry] of above.entries) {
    const known = below.entries.get(name)
    entries.set(
      name,
      known === undefined ? entry : { key: entry.key, node: mergeTrees(known.node, entry.node) },
    )
  }
  // An empty map has no place to be proud of: the place is that of who says something.
  const place = above.entries.size === 0 && below.entries.size > 0 ? below.place : above.place
  const shadows = [...(above.shadows ?? []), ...(below.shadows ?? [])]
  return { kind: 'map', entries, place, ...(shadows.length === 0 ? {} : { shadows }) }
}

function replaced(below: SourceTree, above: SourceTree): SourceTree {
  const { shadows: deeper = [], ...bare } = below
  const shadows = [...(above.shadows ?? []), bare as SourceTree, ...deeper]
  return { ...alike(below, above), shadows }
}

/** What was written where there are only texts is a text again where it takes the place of one. */
function alike(below: SourceTree, above: SourceTree): SourceTree {
  if (above.kind !== 'scalar' || above.loose !== true || above.written === null) return above
  const isText = below.kind === 'scalar' && typeof below.value === 'string'
  return isText ? { ...above, value: above.written, written: null } : above
}
