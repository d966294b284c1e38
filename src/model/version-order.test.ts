import { expect, test } from 'vitest'
import { versionOrder, versionRank } from './version-order.ts'

// The example of SemVer 2.0.0 §11.4 and its neighbours, oldest first.
const ORDER = [
  '0.9.9',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-alpha-1',
  '1.0.0-alphabet',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.2.0',
  '1.10.0',
  '2.0.0-rc.1',
  '2.0.0',
]

test('versions are in the order of SemVer, whichever is named first', () => {
  for (const [i, a] of ORDER.entries()) {
    for (const [j, b] of ORDER.entries())
      expect(Math.sign(versionOrder(a, b)), `${a} ${b}`).toBe(Math.sign(i - j))
  }
})

test('build metadata makes no version newer', () => {
  expect(versionOrder('1.0.0+linux', '1.0.0+20260101')).toBe(0)
})

test('the rank of a version is one text, whatever it was built from', () => {
  expect(versionRank('1.20.3-rc.10+linux')).toBe('00110022000131rc,000210,')
  expect(versionRank('1.20.3')).toBe('00110022000132')
})
