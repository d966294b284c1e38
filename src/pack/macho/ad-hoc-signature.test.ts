import { describe, expect, test } from 'vitest'
import { machO, verifiedIdentifier } from '../../../test/fixtures/mach-o.ts'
import { signAdHoc } from './ad-hoc-signature.ts'

function signed(file: Buffer, name = 'hello'): Buffer {
  const result = signAdHoc(file, name)
  if (typeof result === 'string') throw new Error(result)
  return result
}

describe('an ad-hoc signature', () => {
  test('has the name, and a hash of each page that holds', () => {
    expect(verifiedIdentifier(signed(machO()))).toBe('hello')
    expect(verifiedIdentifier(signed(machO(), 'grüße'))).toBe('grüße')
  })

  test('holds no longer when a byte is changed: of the header, the code, the symbols', () => {
    const file = signed(machO())
    const limit = machO().length
    for (const at of [24, 4_097, limit - 1]) {
      const changed = Buffer.from(file)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => verifiedIdentifier(changed)).toThrow('was changed')
    }
  })

  test('is of the whole file, however long the last page is', () => {
    for (const length of [1, 15, 16, 17, 4_095, 4_096, 4_097, 20_000]) {
      const file = machO({ linkEdit: Buffer.alloc(length, 7) })
      expect(verifiedIdentifier(signed(file))).toBe('hello')
    }
  })

  test('leaves the program as it was', () => {
    const file = machO()
    const result = signed(file)
    // Behind the load commands and before the signature.
    expect(result.subarray(300, file.length).equals(file.subarray(300))).toBe(true)
  })

  test('replaces one that was there', () => {
    const once = signed(machO(), 'a name that is longer')
    expect(signed(once, 'hello').equals(signed(machO(), 'hello'))).toBe(true)
    expect(signed(once, 'a name that is longer').equals(once)).toBe(true)
  })

  test.each([
    ['a text', Buffer.from('#!/bin/sh\n'), 'it is no 64-bit Mach-O file'],
    ['a library', machO({ fileType: 6 }), 'it is no executable'],
    ['a full header', machO({ room: 8 }), 'there is no room for another load command'],
    ['more behind it', Buffer.concat([machO(), Buffer.alloc(8)]), '__LINKEDIT is not the end'],
    ['a torn header', machO().subarray(0, 100), 'its load commands go beyond its end'],
    ['a torn command', withWord(36, 4), 'a load command goes beyond their end'],
    ['no symbols', withWord(32 + 152, 0x99), 'it has no __TEXT or no __LINKEDIT'],
  ])('is refused to %s', (_, file, reason) => {
    expect(signAdHoc(file, 'hello')).toContain(reason)
  })
})

function withWord(at: number, word: number): Buffer {
  const file = machO()
  file.writeUInt32LE(word, at)
  return file
}
