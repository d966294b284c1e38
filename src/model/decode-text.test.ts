import { expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')

test.each([
  ['UTF-8', Buffer.from('größe: 1\n')],
  ['UTF-8 with a mark', Buffer.from('\uFEFFgröße: 1\n')],
  ['UTF-16 of Windows', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('größe: 1\n')])],
  [
    'UTF-16 the other way round',
    Buffer.concat([Buffer.from([0xfe, 0xff]), utf16('größe: 1\n').swap16()]),
  ],
])('%s is read', (_, bytes) => {
  expect(decodeText(bytes)).toEqual({ text: 'größe: 1\n' })
})

test.each([
  ['UTF-16 without a mark', utf16('services: x'), /looks like UTF-16 without/],
  ['Latin-1', Buffer.from('größe', 'latin1'), /not UTF-8/],
  ['a half of UTF-16', Buffer.from([0xff, 0xfe, 0x41]), /not UTF-16/],
  ['a program', Buffer.from('\x7fELF\x02\x01\x01\0\0'), /zero byte/],
])('%s is refused in plain words', (_, bytes, expected) => {
  expect((decodeText(bytes) as { problem: string }).problem).toMatch(expected)
})

test('nothing is an empty text', () => {
  expect(decodeText(Buffer.alloc(0))).toEqual({ text: '' })
})
