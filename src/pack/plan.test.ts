import { describe, expect, test } from 'vitest'
import type { PackSpec } from '../model/pack-spec.ts'
import type { FormatBuilder } from '../model/staged-product.ts'
import { namedTargets, packPlan, snapshotVersion } from './plan.ts'

const spec = {
  name: 'hello',
  version: '1.0.0',
  archiveName: '{{ name }}_{{ os }}_{{ arch }}',
  targets: ['linux-x64', 'win-x64', 'darwin-arm64'],
  formats: ['tar.gz', 'zip', 'deb', 'nsis'],
  update: null,
} as unknown as PackSpec

const builder = (
  format: FormatBuilder['format'],
  targets: FormatBuilder['targets'],
  tool?: string,
): FormatBuilder => ({
  format,
  targets,
  tools: tool === undefined ? [] : [{ executable: tool, debianPackage: `${tool}-package` }],
  build: () => Promise.reject(new Error('nothing is built here')),
})

const builders = [
  builder('zip', spec.targets),
  builder('tar.gz', spec.targets),
  builder('deb', ['linux-x64', 'linux-arm64'], 'dpkg-deb'),
  builder('nsis', ['win-x64'], 'makensis'),
]

describe('a plan', () => {
  test('gives each target the formats that are for it, and one kind of archive', () => {
    expect(packPlan(spec, builders)).toEqual({
      targets: [
        { target: 'linux-x64', name: 'hello_linux_x64', formats: ['tar.gz', 'deb'] },
        { target: 'win-x64', name: 'hello_win_x64', formats: ['zip', 'nsis'] },
        { target: 'darwin-arm64', name: 'hello_darwin_arm64', formats: ['tar.gz'] },
      ],
      tools: [
        { executable: 'dpkg-deb', debianPackage: 'dpkg-deb-package' },
        { executable: 'makensis', debianPackage: 'makensis-package' },
      ],
      without: [],
    })
  })

  test('has the one archive that was asked for on all targets', () => {
    const { targets } = packPlan({ ...spec, formats: ['zip'] }, builders)
    expect(targets.map(({ formats }) => formats)).toEqual([['zip'], ['zip'], ['zip']])
  })

  test('needs no tool of a format that nothing is made of, and names targets without any', () => {
    const plan = packPlan({ ...spec, targets: ['darwin-x64'], formats: ['deb'] }, builders)
    expect(plan).toEqual({ targets: [], tools: [], without: ['darwin-x64'] })
  })
})

test('targets may stand behind one another', () => {
  expect(namedTargets(['win-x64,linux-x64', 'win-x46'])).toEqual(['win-x64', 'linux-x64', null])
})

test('a snapshot comes before its release', () => {
  expect(snapshotVersion('1.4.0-rc.1+b2', '012345')).toBe('1.4.0-snapshot.g012345')
  expect(snapshotVersion('1.4.0', null)).toBe('1.4.0-snapshot.local')
})
