import { expect, test } from 'vitest'
import { fakeRemoteSource } from '../../../test/fakes/remote-source.ts'
import { plainValue } from '../source/source-tree.ts'
import { explainSettings } from './explain-settings.ts'
import { layerOf } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import { remoteLayer } from './remote-layer.ts'

test('a remote source is over files and under the environment', async () => {
  const remote = fakeRemoteSource()
  remote.put('a = "r"\nb = "r"\n', 'toml')
  const text = await remote.read(AbortSignal.timeout(1_000))
  const made = remoteLayer(remote.name, text as NonNullable<typeof text>)
  if ('problems' in made) throw new Error(made.problems.join('\n'))
  const tree = mergeLayers([
    layerOf('environment', 'e', { a: 'e' }),
    made.layer,
    layerOf('file', 'f', { a: 'f', b: 'f', c: 'f' }),
  ])
  expect(plainValue(tree)).toEqual({ a: 'e', b: 'r', c: 'f' })
  expect(explainSettings(tree).find(({ path }) => path[0] === 'b')).toMatchObject({
    layer: 'remote',
    origin: 'https://config.example',
    line: 2,
    shadows: [{ layer: 'file', value: 'f' }],
  })
})

test('what a remote source cannot say is refused with its place', () => {
  const told = (text: string): unknown => remoteLayer('etcd', { text, format: 'yaml' })
  expect(told('a: 1\ninclude: /etc/passwd\n')).toEqual({
    problems: [expect.stringMatching(/^etcd:2:1: include: this stands in a file/)],
  })
  expect(told('- 1\n')).toEqual({
    problems: [expect.stringMatching(/^etcd:1:1: it has to be a map/)],
  })
  expect(told('a: [')).toHaveProperty('problems')
  expect(told('')).toMatchObject({ layer: { name: 'remote' } })
})
