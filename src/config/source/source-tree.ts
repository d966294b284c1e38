import type { Place } from './origin.ts'

/**
 * Values with the places that they were read from: what every format is read into, what layers are
 * merged as, and what messages are told from. Nodes are never changed; what YAML's aliases repeat is one
 * node in several places.
 */
export type SourceTree = SourceScalar | SourceMap | SourceList

interface Node {
  readonly place: Place
  /** What weaker layers, or files that count less, say in its stead: the strongest of them first. */
  readonly shadows?: readonly SourceTree[]
}

export interface SourceScalar extends Node {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The value as it is written, where it is no text: `1.10` where the value is 1.1. */
  readonly written: string | null
  /**
   * It was written where there are only texts, as in a variable: where it takes the place of a text it
   * is one as well.
   */
  readonly loose?: boolean
}

export interface SourceMap extends Node {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, SourceEntry>
}

export interface SourceEntry {
  /** Where its name stands. */
  readonly key: Place
  readonly node: SourceTree
}

export interface SourceList extends Node {
  readonly kind: 'list'
  readonly items: readonly SourceTree[]
}

/** More values than this are no configuration; YAML's aliases can make so many of a small file. */
export const MAX_VALUES = 1_000_000

/** Maps and lists in each other, at most. */
export const MAX_DEPTH = 100

/** A tree of plain values that have no places of their own. */
export function treeOf(value: unknown, place: Place): SourceTree {
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => treeOf(item, place)), place }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, { key: place, node: treeOf(item, place) }] as const)
    return { kind: 'map', entries: new Map(entries), place }
  }
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return { kind: 'scalar', value: plain ? value : null, written: null, place }
}

/** The plain value of a tree. What is one node in several places is one object in several places. */
export function plainValue(tree: SourceTree): unknown {
  const made = new Map<SourceTree, unknown>()
  const make = (node: SourceTree): unknown => {
    if (node.kind === 'scalar') return node.value
    const known = made.get(node)
    if (known !== undefined) return known
    const value =
      node.kind === 'list'
        ? node.items.map(make)
        : Object.fromEntries(membersOf(node).map(([name, entry]) => [name, make(entry.node)]))
    made.set(node, value)
    return value
  }
  return make(tree)
}

/** The members of a map without those that a stronger layer has taken away. */
export function membersOf({ entries }: SourceMap): (readonly [string, SourceEntry])[] {
  return [...entries].filter(([, { node }]) => !isRemoval(node))
}

/** Is it a null that takes away what weaker layers say? A null that is above nothing is a value. */
export function isRemoval(node: SourceTree): boolean {
  return isNull(node) && (node.shadows ?? []).some((below) => !isNull(below))
}

function isNull(node: SourceTree): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** A node, and where its name stands; no name for members of lists and for the whole. */
export interface Found {
  readonly key: Place | null
  readonly node: SourceTree
}

/** What stands at a path; null where nothing does. */
export function findIn(tree: SourceTree, path: readonly PropertyKey[]): Found | null {
  let found: Found = { key: null, node: tree }
  for (const step of path) {
    const next = stepInto(found.node, step)
    if (next === null) return null
    found = next
  }
  return found
}

function stepInto(node: SourceTree, step: PropertyKey): Found | null {
  if (node.kind === 'map') return node.entries.get(String(step)) ?? null
  const item = node.kind === 'list' ? node.items[Number(step)] : undefined
  return item === undefined ? null : { key: null, node: item }
}

/** How many values a tree has where each is counted at every place that it stands in. */
export function countValues(tree: SourceTree): number {
  const counts = new Map<SourceTree, number>()
  const count = (node: SourceTree): number => {
    if (node.kind === 'scalar') return 1
    const known = counts.get(node)
    if (known !== undefined) return known
    const inside =
      node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.node)
    const sum = inside.reduce((total, one) => total + count(one), 1)
    counts.set(node, sum)
    return sum
  }
  return count(tree)
}
