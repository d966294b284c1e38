import { expect, test } from 'vitest'
import type { BundledPackage } from './bundled-package.ts'
import { cyclonedx } from './cyclonedx.ts'
import { licensesText } from './licenses-text.ts'

const packages: readonly BundledPackage[] = [
  { name: 'zod', version: '4.0.0', license: 'MIT', licenseText: 'Text\r\nof zod', integrity: null },
  {
    name: '@a/b',
    version: '1.0.0',
    license: '(MIT OR Apache-2.0)',
    licenseText: null,
    integrity: 'sha512-AAEC',
  },
  { name: 'odd', version: '0.1.0', license: null, licenseText: null, integrity: null },
  { name: 'zod', version: '4.0.0', license: 'MIT', licenseText: 'Text\r\nof zod', integrity: null },
]
const asked = {
  spec: { name: 'hello', version: '1.0.0', description: 'Hello', publisher: 'Example' } as never,
  target: 'linux-x64',
  packages,
  sha256: 'ab'.repeat(32),
  epoch: 1_700_000_000,
  stead: '0.1.0',
} as const

test('what is inside is named once each, in one order, with its licence', () => {
  const made = JSON.parse(cyclonedx(asked))
  expect(made).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    metadata: { timestamp: '2023-11-14T22:13:20Z', component: { name: 'hello' } },
  })
  expect(made.components).toMatchObject([
    {
      purl: 'pkg:npm/%40a/b@1.0.0',
      licenses: [{ expression: '(MIT OR Apache-2.0)' }],
      hashes: [{ alg: 'SHA-512', content: '000102' }],
    },
    { purl: 'pkg:npm/odd@0.1.0' },
    { purl: 'pkg:npm/zod@4.0.0', licenses: [{ license: { id: 'MIT' } }] },
  ])
  expect(made.components[1].licenses).toBeUndefined()
})

test('the same is the same text, and something else another number', () => {
  expect(cyclonedx(asked)).toBe(cyclonedx({ ...asked, packages: packages.toReversed() }))
  const other = JSON.parse(cyclonedx({ ...asked, sha256: 'cd'.repeat(32) }))
  expect(other.serialNumber).not.toBe(JSON.parse(cyclonedx(asked)).serialNumber)
})

test('the texts of licences are in one file', () => {
  const text = licensesText('hello', packages)
  expect(text.match(/^zod 4\.0\.0$/gm)).toHaveLength(1)
  expect(text).toContain('Licence: MIT\n\nText\nof zod')
  expect(text).toContain('odd 0.1.0\nLicence: not named')
})
