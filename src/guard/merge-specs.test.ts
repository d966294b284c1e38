import { expect, test } from 'vitest'
import { completeProgram, type GuardSpec } from '../model/program-spec.ts'
import { mergeSpecs } from './merge-specs.ts'

const spec = (
  commands: Readonly<Record<string, string>>,
  groups: Readonly<Record<string, readonly string[]>> = {},
): GuardSpec => ({
  project: 'p',
  services: Object.entries(commands).map(([name, command]) =>
    completeProgram({ name, command: [command], cwd: '/' }),
  ),
  groups: Object.entries(groups).map(([name, services]) => ({
    name,
    services,
    strategy: 'one_for_one',
    limit: null,
  })),
})
const shown = ({ services, groups }: GuardSpec) => [
  Object.fromEntries(services.map(({ name, command }) => [name, command[0]])),
  Object.fromEntries(groups.map(({ name, services: members }) => [name, members])),
]
const current = spec({ a: '1', b: '1', c: '1' }, { g: ['a', 'b'] })
const offered = spec({ a: '2', d: '2', b: '2' }, { g: ['d', 'a'], h: ['b'] })

test.each([
  ['nothing', [], [{ a: '1', b: '1', c: '1' }, { g: ['a', 'b'] }]],
  ['one that has changed', ['a'], [{ a: '2', b: '1', c: '1' }, { g: ['a', 'b'] }]],
  ['a new one', ['d'], [{ a: '1', b: '1', c: '1', d: '2' }, { g: ['d', 'a', 'b'] }]],
  ['one that is gone', ['c'], [{ a: '1', b: '1' }, { g: ['a', 'b'] }]],
  [
    'one of another group now',
    ['b'],
    [
      { a: '1', b: '2', c: '1' },
      { g: ['a'], h: ['b'] },
    ],
  ],
  ['one that nobody has', ['x'], [{ a: '1', b: '1', c: '1' }, { g: ['a', 'b'] }]],
  [
    'all',
    ['a', 'b', 'c', 'd'],
    [
      { a: '2', b: '2', d: '2' },
      { g: ['d', 'a'], h: ['b'] },
    ],
  ],
] as const)('takes over %s', (_, taken, result) => {
  expect(shown(mergeSpecs(current, offered, taken))).toEqual(result)
})

test('what is taken over of nothing is removed', () => {
  const nothing = { ...current, services: [], groups: [] }
  expect(shown(mergeSpecs(current, nothing, ['a', 'b']))).toEqual([{ c: '1' }, {}])
})
