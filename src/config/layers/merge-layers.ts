import { namedOrigin, type Place } from '../source/origin.ts'
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
    entries.set(name, known === undefined ? entry : joined(known, entry))
  }
  const place = firstOf(below.place, above.place, below.entries.size > 0)
  const shadows = [...(above.shadows ?? []), ...(below.shadows ?? [])]
  return { kind: 'map', entries, place, ...(shadows.length === 0 ? {} : { shadows }) }
}

function joined(below: SourceEntry, above: SourceEntry): SourceEntry {
  const node = mergeTrees(below.node, above.node)
  const both = below.node.kind === 'map' && above.node.kind === 'map'
  return { key: both ? firstOf(below.key, above.key, true) : above.key, node }
}

/** A map is where it was first written by somebody who runs the program: others only add to it. */
function firstOf(below: Place, above: Place, says: boolean): Place {
  return says && below.origin.layer !== 'default' ? below : above
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
