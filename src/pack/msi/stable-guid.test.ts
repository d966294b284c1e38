import { describe, expect, test } from 'vitest'
import { stableGuid, upgradeCode } from './stable-guid.ts'

describe('a stable GUID', () => {
  test('is the one of RFC 9562, appendix A.4', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
    expect(stableGuid('www.example.com', dns)).toBe('2ED6657D-E927-568B-95E1-2665A8AEA6A2')
  })

  test('is the same for the same product, and another for another', () => {
    expect(upgradeCode('Acme', 'app')).toBe(upgradeCode('Acme', 'app'))
    expect(upgradeCode('Acme', 'app')).not.toBe(upgradeCode('Acme', 'apps'))
  })
})
