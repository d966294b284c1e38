import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { codesignVerifyWords, codesignWords, entitlements } from './codesign.ts'

describe('signing for macOS by codesign, as a plan', () => {
  test('has the hardened runtime, a time stamp, and the rights that a Node needs', () => {
    expect(codesignWords('Developer ID Application: A (B)', '/o/app', '/o/rights')).toEqual([
      '--sign',
      'Developer ID Application: A (B)',
      '--force',
      '--options',
      'runtime',
      '--timestamp',
      '--entitlements',
      '/o/rights',
      '/o/app',
    ])
  })

  test('is verified', () => {
    expect(codesignVerifyWords('/o/app').slice(0, 2)).toEqual(['--verify', '--strict'])
  })

  test('names its rights in a property list that can be read', () => {
    const script = 'import plistlib,sys; print(plistlib.loads(sys.stdin.buffer.read()))'
    const read = execFileSync('python3', ['-c', script], {
      input: entitlements(),
      encoding: 'utf8',
    })
    expect(read.trim()).toBe(
      "{'com.apple.security.cs.allow-jit': True, 'com.apple.security.cs.allow-unsigned-executable-memory': True, 'com.apple.security.cs.disable-library-validation': True}",
    )
  })
})
