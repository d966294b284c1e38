import { expect, test } from 'vitest'
import { stableCodeCache } from './code-cache.ts'

const main = Buffer.from('"use strict";(async()=>{})();\n')

function blob(flags: number, { magic = 0xc0de0628, source = 3, tail = '' } = {}): Buffer {
  const cache = Buffer.alloc(40)
  for (const [index, word] of [magic, 2, source, flags, 5].entries())
    cache.writeUInt32LE(word, index * 4)
  const code = Buffer.concat([cache, Buffer.from(tail)])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(code.length))
  return Buffer.concat([Buffer.from('head'), main, length, code, Buffer.from('assets')])
}

test('compiled code of a given seed gets the flags that it will be started with', () => {
  const made = stableCodeCache(blob(0x11, { tail: 'seeded' }), blob(0x22, { tail: 'x' }), main)
  expect(made.equals(blob(0x22, { tail: 'seeded' }))).toBe(true)
})

test.each([
  ['of another source', blob(0x22, { source: 4 })],
  ['of another V8', blob(0x22, { magic: 1 })],
  ['that is not there', Buffer.from('nothing')],
])('compiled code %s is refused', (_, plain) => {
  expect(() => stableCodeCache(blob(0x11), plain, main)).toThrow('compiled code')
})
