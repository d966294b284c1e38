import { expect, test } from 'vitest'
import { type SeededRandom, seededRandom } from '../../../test/fakes/seeded-random.ts'
import { findIn, plainValue, type SourceTree } from '../source/source-tree.ts'
import { LAYERS, type Layer, layerOf, outranks } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import { commandLineLayer, environmentLayer, shownPath } from './named-values.ts'

function merged(...layers: Layer[]): unknown {
  return plainValue(mergeLayers(layers))
}

test('maps are merged, lists are replaced whole, null takes away', () => {
  const file = layerOf('file', 'a.yaml', {
    a: { x: 1, y: 2 },
    list: [1, 2, 3],
    gone: 'x',
    own: null,
  })
  const line = layerOf('command-line', '--set', { a: { y: 3 }, list: [4], gone: null })
  expect(merged(file, line)).toEqual({ a: { x: 1, y: 3 }, list: [4], own: null })
})

test('a map that replaces a null does not bring back what the null took away', () => {
  const low = layerOf('default', 'd', { a: { x: 1 } })
  const nothing = layerOf('file', 'f', { a: null })
  const high = layerOf('environment', 'e', { a: { y: 2 } })
  expect(merged(low, nothing, high)).toEqual({ a: { y: 2 } })
})

test('each value knows where it is from and what it hides, the strongest first', () => {
  const tree = mergeLayers(LAYERS.map((name) => layerOf(name, `of ${name}`, { port: name })))
  const node = findIn(tree, ['port'])?.node as SourceTree
  expect(node.place.origin.name).toBe('of command-line')
  expect(node.shadows?.map((one) => one.place.origin.layer)).toEqual([
    'environment',
    'remote',
    'file',
    'default',
  ])
})

const NAMES = ['a', 'b', 'c']

function randomValues(random: SeededRandom, depth = 0): Record<string, unknown> {
  const value = (): unknown => {
    const kind = random.below(depth > 2 ? 4 : 7)
    if (kind === 0) return null
    if (kind === 1) return [random.below(100)]
    return kind < 4 ? random.below(1_000_000) : randomValues(random, depth + 1)
  }
  const names = NAMES.filter(() => random.chance(0.6))
  return Object.fromEntries(names.map((name) => [name, value()]))
}

type Leaf = readonly [path: readonly string[], value: unknown]

function leaves(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]]
  const members = Object.entries(value)
  if (members.length === 0) return [[path, value]]
  return members.flatMap(([name, inner]) => leaves(inner, [...path, name]))
}

const isEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

const isBefore = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((step, index) => b[index] === step)

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a weaker layer never changes what a stronger one says (seed %i)',
  (seed) => {
    const random = seededRandom(seed)
    for (let round = 0; round < 400; round += 1) {
      const values = LAYERS.map(() => randomValues(random))
      const layers = LAYERS.map((name, index) =>
        layerOf(name, name, values[index] as Record<string, unknown>),
      )
      const shuffled = layers.toSorted(() => random.below(3) - 1)
      const tree = mergeLayers(shuffled)
      const seen = values.map((one) => leaves(one))
      seen.forEach((own, rank) => {
        for (const [path, value] of own) {
          const hidden = seen
            .slice(rank + 1)
            .some((above) => above.some(([p]) => isBefore(p, path) || isBefore(path, p)))
          if (hidden || path.length === 0 || isEmptyMap(value)) continue
          const found = findIn(tree, path)
          expect(found?.node.place.origin.layer, JSON.stringify({ values, path })).toBe(
            LAYERS[rank],
          )
          expect(plainValue(found?.node as SourceTree)).toEqual(value)
        }
      })
      // Nothing comes from nowhere: each leaf that is left is one of the layer that it names.
      for (const [path, value] of leaves(plainValue(tree))) {
        const node = findIn(tree, path)?.node
        const rank = LAYERS.indexOf(node?.place.origin.layer as (typeof LAYERS)[number])
        if (!isEmptyMap(value)) expect(seen[rank]).toContainEqual([path, value])
        for (const below of node?.shadows ?? [])
          expect(outranks(LAYERS[rank] as never, below.place.origin.layer)).toBe(true)
      }
    }
  },
)

test.each([9, 10, 11])(
  'what a stronger layer says holds whatever weaker ones become (seed %i)',
  (seed) => {
    const random = seededRandom(seed)
    for (let round = 0; round < 300; round += 1) {
      const high = layerOf('environment', 'e', randomValues(random))
      const [one, other] = [1, 2].map(() =>
        mergeLayers([
          layerOf('default', 'd', randomValues(random)),
          layerOf('file', 'f', randomValues(random)),
          high,
        ]),
      ) as [SourceTree, SourceTree]
      for (const [path, value] of leaves(plainValue(high.values))) {
        if (value === null || path.length === 0 || typeof value === 'object') continue
        for (const tree of [one, other])
          expect(plainValue(findIn(tree, path)?.node as SourceTree)).toEqual(value)
      }
    }
  },
)

test('variables of the environment are settings, in the case that weaker layers have', () => {
  const file = layerOf('file', 'f', { server: { maxSize: 1, port: 80 }, version: '1.10' })
  const { layer, problems } = environmentLayer(
    {
      APP__SERVER__MAX_SIZE: '5',
      APP__server__port: '9090',
      APP__VERSION: '1.20',
      APP__NewOne: 'x',
      OTHER__X: '1',
    },
    'APP',
    file.values,
  )
  expect(problems).toEqual([])
  expect(merged(file, layer)).toEqual({
    server: { maxSize: 5, port: 9090 },
    version: '1.20',
    NewOne: 'x',
  })
})

test.each([
  ['a.b=1', { a: { b: 1 } }],
  ['a=true', { a: true }],
  ['a=', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=[1, x]', { a: [1, 'x'] }],
  ['a={b: 2}', { a: { b: 2 } }],
  ['a="1.10"', { a: '1.10' }],
  ['labels."a.b"=x', { labels: { 'a.b': 'x' } }],
  ['a=007', { a: '007' }],
  ['a=+1', { a: '+1' }],
  ['a=99999999999999999999', { a: '99999999999999999999' }],
  ['a=a: b # c', { a: 'a: b # c' }],
])('--set %s', (arg, expected) => {
  const { layer, problems } = commandLineLayer([arg])
  expect(problems).toEqual([])
  expect(merged(layer)).toEqual(expected)
})

test('of two --set for one setting the later holds', () => {
  expect(merged(commandLineLayer(['a.b=1', 'a.c=2', 'a.b=3']).layer)).toEqual({ a: { b: 3, c: 2 } })
})

test.each(['a', '=1', 'a..b=1', '.a=1', 'a b=1', 'a=[1', 'a={', '"a=1', '__proto__.x=1'])(
  '--set %s is refused without its value',
  (arg) => {
    const { problems } = commandLineLayer([`${arg}hunter2`])
    expect(problems).toHaveLength(1)
    if (arg.includes('=')) expect(problems.join()).not.toContain('hunter2')
  },
)

test('a path is shown as --set takes it', () => {
  expect(shownPath(['a', 0, 'b.c', 'd'])).toBe('a.0."b.c".d')
})
