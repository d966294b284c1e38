import { expect, test } from 'vitest'
import { fakeRemoteSource } from '../../../test/fakes/remote-source.ts'
import type { RemoteText } from '../../model/ports/remote-source.ts'
import { plainValue } from '../source/source-tree.ts'
import { explainSettings } from './explain-settings.ts'
import { layerOf } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import { remoteLayer } from './remote-layer.ts'

const said = (text: string, format: RemoteText['format'] = 'yaml'): RemoteText => ({
  text,
  format,
  version: 'revision 4',
  order: 4,
})

function layerIn(made: ReturnType<typeof remoteLayer>) {
  if ('problems' in made) throw new Error(made.problems.join('\n'))
  return made.layer
}

test('a remote source is over files and under the environment', async () => {
  const remote = fakeRemoteSource()
  remote.put('a = "r"\nb = "r"\n', 'toml')
  const text = await remote.read(AbortSignal.timeout(1_000))
  const layer = layerIn(remoteLayer(remote.name, text as NonNullable<typeof text>))
  const tree = mergeLayers([
    layerOf('environment', 'e', { a: 'e' }),
    layer,
    layerOf('file', 'f', { a: 'f', b: 'f', c: 'f' }),
  ])
  expect(plainValue(tree)).toEqual({ a: 'e', b: 'r', c: 'f' })
  expect(explainSettings(tree).find(({ path }) => path[0] === 'b')).toMatchObject({
    layer: 'remote',
    origin: 'https://config.example (revision 1)',
    line: 2,
    shadows: [{ layer: 'file', value: 'f' }],
  })
})

test('what a remote source cannot say is refused with its place', () => {
  const told = (text: string): unknown => remoteLayer('etcd', said(text))
  expect(told('a: 1\ninclude: /etc/passwd\n')).toEqual({
    problems: [expect.stringMatching(/^etcd \(revision 4\):2:1: include: this stands in a file/)],
  })
  expect(told('remote: { http: { url: "https://elsewhere.example" } }')).toHaveProperty('problems')
  expect(told('- 1\n')).toEqual({
    problems: [expect.stringMatching(/^etcd \(revision 4\):1:1: it has to be a map/)],
  })
  expect(told('a: [')).toHaveProperty('problems')
  expect(told('')).toMatchObject({ layer: { name: 'remote' } })
})

test('keys of a store are settings, each with its key as its place', () => {
  const pairs = JSON.stringify({
    'services/web/env/PORT': '9090',
    'services/web/instances': '2',
    'services/web/labels/a.b': 'x',
  })
  const layer = layerIn(remoteLayer('consul http://c s/', said(pairs, 'pairs')))
  expect(plainValue(layer.values)).toEqual({
    services: { web: { env: { PORT: 9090 }, instances: 2, labels: { 'a.b': 'x' } } },
  })
  expect(explainSettings(layer.values)[0]).toMatchObject({
    layer: 'remote',
    origin: 'services/web/env/PORT of consul http://c s/ (revision 4)',
    line: null,
  })
})

test('a key that is no name of a setting is refused by its name, without its value', () => {
  const made = remoteLayer('etcd', said(JSON.stringify({ 'services//x': 'hidden' }), 'pairs'))
  expect(made).toEqual({
    problems: ['services//x of etcd (revision 4): this is no name of a setting'],
  })
})

test('a remote source says what it is allowed to say, and nothing beside it', () => {
  const told = (text: string, ...allow: string[]): unknown =>
    remoteLayer(
      'etcd',
      said(text),
      allow.map((one) => one.split('.')),
    )
  const mixed = 'services: { web: { env: { A: "1" }, command: [sh] } }'
  expect(told(mixed, 'services')).toHaveProperty('layer')
  expect(told(mixed, 'services.*.env')).toEqual({
    problems: [
      expect.stringMatching(
        /^etcd \(revision 4\):1:\d+: services\.web\.command: a remote source may not say this, but services\.\*\.env/,
      ),
    ],
  })
  expect(told('services: { web: null }', 'services.*.env')).toHaveProperty('problems')
  expect(told('services: null', 'services.*.env')).toHaveProperty('problems')
  expect(told('services: { web: {} }', 'services.*.env')).toHaveProperty('problems')
  expect(told('access: []', 'services', 'groups')).toHaveProperty('problems')
  expect(told('{}', 'services')).toHaveProperty('layer')
})
