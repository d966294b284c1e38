import { expect, test } from 'vitest'
import { readSource } from '../source/read-source.ts'
import { compareSettings } from './compare-settings.ts'

function changes(before: string, after: string) {
  const [a, b] = [before, after].map((text) => {
    const source = readSource('stead.yaml', text)
    if ('problems' in source) throw new Error(source.problems.join())
    return source.tree
  })
  if (a === undefined || b === undefined) throw new Error('no trees')
  return compareSettings(a, b).map(({ path, ...rest }) => ({ path: path.join('.'), ...rest }))
}

const file = (env: string) => `services: { web: { command: ./web, env: { ${env} } } }`

test('settings that differ are told by name, those that came and those that went as well', () => {
  expect(changes(file('A: 1, B: 2, C: 3'), file('B: 2, C: 4, D: [x]'))).toEqual([
    { path: 'services.web.env.C', before: 3, after: 4 },
    { path: 'services.web.env.D', after: ['x'] },
    { path: 'services.web.env.A', before: 1 },
  ])
})

test('a list is one value, and the same in another format or order is no difference', () => {
  expect(changes('{"a": [1, 2], "b": {"c": 1, "d": 2}}', 'b: {d: 2, c: 1}\na: [1, 2]\n')).toEqual(
    [],
  )
  expect(changes('a: [1, 2]', 'a: [1, 3]')).toEqual([{ path: 'a', before: [1, 2], after: [1, 3] }])
})

test('another secret is told, and neither of them is shown', () => {
  const [change, ...others] = changes(file('DB_PASSWORD: hunter2'), file('DB_PASSWORD: hunter3'))
  expect(others).toEqual([])
  expect(change?.path).toBe('services.web.env.DB_PASSWORD')
  expect(JSON.stringify(change)).not.toContain('hunter')
})
