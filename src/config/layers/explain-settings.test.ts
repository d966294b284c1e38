import { expect, test } from 'vitest'
import { explainSettings } from './explain-settings.ts'
import { layerOf } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'

function valuesOf(values: Record<string, unknown>): Record<string, unknown> {
  const settings = explainSettings(mergeLayers([layerOf('file', 'f', values)]))
  return Object.fromEntries(settings.map(({ path, value }) => [path.join('.'), value]))
}

test('secrets are masked by name, by seal, in URLs and in commands', () => {
  const told = valuesOf({
    env: { DB_PASSWORD: 'hunter2', PIN: 'ENC(v1.hunter2)', DB: 'redis://:hunter2@db', PORT: 80 },
    secrets: { any: 'hunter2', file: '/run/x' },
    apiKey: ['hunter2', { deep: 'hunter2' }],
    command: [
      'x',
      '--token',
      'hunter2',
      '--password=hunter2',
      '-v',
      'API_KEY=hunter2',
      '--port',
      '1',
    ],
    line: 'x --token hunter2 --secret="hunter2 hunter2" -v --port 1',
    list: [{ password: 'hunter2', name: 'n' }],
  })
  expect(JSON.stringify(told)).not.toContain('hunter2')
  expect(told).toMatchObject({
    'env.PORT': 80,
    'env.PIN': 'ENC(***)',
    'env.DB': 'redis://:***@db',
    'secrets.file': '/run/x',
    command: ['x', '--token', '***', '--password=***', '-v', 'API_KEY=***', '--port', '1'],
    line: 'x --token *** --secret=*** -v --port 1',
    list: [{ password: '***', name: 'n' }],
  })
})

test('what is hidden is masked as what holds is, and a map that was replaced is told with its members', () => {
  const tree = mergeLayers([
    layerOf('file', 'f', { password: 'hunter2', a: { token: 'hunter2', b: 1 }, gone: 'x' }),
    layerOf('environment', 'e', { password: 'hunter3', a: 5, gone: null }),
  ])
  expect(explainSettings(tree)).toMatchObject([
    { path: ['password'], secret: true, value: '***', shadows: [{ value: '***', origin: 'f' }] },
    { path: ['a'], value: 5, shadows: [{ value: { token: '***', b: 1 } }] },
    { path: ['gone'], value: null, shadows: [{ value: 'x' }] },
  ])
})

test('settings that a schema calls secret are masked too', () => {
  const tree = mergeLayers([layerOf('file', 'f', { pin: '1234' })])
  expect(explainSettings(tree, (path) => path[0] === 'pin')).toMatchObject([
    { value: '***', secret: true },
  ])
})

test('a map that takes the place of a value hides it', () => {
  const tree = mergeLayers([
    layerOf('file', 'f', { restart: 'always' }),
    layerOf('command-line', '--set', { restart: { when: 'no' } }),
  ])
  expect(explainSettings(tree)).toMatchObject([
    { path: ['restart', 'when'], value: 'no', shadows: [{ value: 'always' }] },
  ])
  expect(explainSettings(mergeLayers([]))).toEqual([])
})
