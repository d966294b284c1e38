import { expect, test } from 'vitest'
import { lsaString, lsaStrings } from './account-rights.ts'
import { koffi } from './win32-error.ts'

test('rights are read from memory as the LSA lays them out', () => {
  const names = ['SeServiceLogonRight', 'SeBatchLogonRight', '', 'Sé']
  const parts = names.map((name) => lsaString(name))
  const strings = Buffer.concat(parts.map(([, string]) => string))
  expect(lsaStrings(koffi().address(strings), names.length)).toEqual(names)
  expect(lsaStrings(null, 0)).toEqual([])
  // The texts live until they have been read.
  expect(parts.map(([text]) => text.length)).toEqual([40, 36, 2, 6])
})

test('a right has its length in bytes without the NUL, and its space with it', () => {
  const [text, string] = lsaString('SeServiceLogonRight')
  expect([string.readUInt16LE(0), string.readUInt16LE(2)]).toEqual([38, 40])
  expect(text.toString('utf16le')).toBe('SeServiceLogonRight\0')
})
