import { LAYERS, type LayerName, namedOrigin } from '../source/origin.ts'
import { type SourceMap, treeOf } from '../source/source-tree.ts'

export { LAYERS, type LayerName } from '../source/origin.ts'

/** Settings from one place, with the strength that they have by it. */
export interface Layer {
  readonly name: LayerName
  /** For people: a file, `https://…`, `the environment`. */
  readonly origin: string
  readonly values: SourceMap
}

/** Is `a` at least as strong as `b`? */
export function outranks(a: LayerName, b: LayerName): boolean {
  return LAYERS.indexOf(a) >= LAYERS.indexOf(b)
}

/** A layer of plain values, such as defaults that a program brings. */
export function layerOf(
  name: LayerName,
  origin: string,
  values: Readonly<Record<string, unknown>>,
): Layer {
  const place = { origin: namedOrigin(name, origin), offset: 0 }
  return { name, origin, values: treeOf(values, place) as SourceMap }
}
