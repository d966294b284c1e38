import { describe, expect, test } from 'vitest'
import { packageVersion } from './package-version.ts'

describe('the version of a package', () => {
  test.each([
    ['1.2.3', '1.2.3'],
    ['1.2.3-beta.1', '1.2.3~beta.1'],
    ['1.2.3-rc-2', '1.2.3~rc.2'],
    ['1.2.3+a-b', '1.2.3+a.b'],
    ['1.2.3-beta.1+5', '1.2.3~beta.1+5'],
  ])('of %s is %s', (version, expected) => {
    expect(packageVersion(version)).toBe(expected)
  })
})
