import { describe, expect, test } from 'vitest'
import { readRegFile } from './reg-file.ts'

const HEAD = 'Windows Registry Editor Version 5.00\r\n\r\n'
const read = (text: string) => readRegFile('a.reg', `${HEAD}${text}`)

describe('a file of reg export', () => {
  test('has texts, numbers, lists and bytes, by name and line', () => {
    const [key] = read(
      '[HKEY_LOCAL_MACHINE\\A]\r\n@="x \\"y\\" \\\\z"\r\n"n"=dword:0000001f\r\n"e"=hex(2):25,00,41,00,25,00,\\\r\n  00,00\r\n"m"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"q"=hex(b):01,00,00,00,00,00,00,00\r\n"b"=hex:01,ff\r\n',
    )
    expect(key?.path).toBe('HKEY_LOCAL_MACHINE\\A')
    expect(key?.values).toEqual([
      { name: '', line: 4, data: { kind: 'text', text: 'x "y" \\z', expands: false } },
      { name: 'n', line: 5, data: { kind: 'number', number: 31 } },
      { name: 'e', line: 6, data: { kind: 'text', text: '%A%', expands: true } },
      { name: 'm', line: 8, data: { kind: 'texts', texts: ['a', 'b'] } },
      { name: 'q', line: 9, data: { kind: 'number', number: 1 } },
      { name: 'b', line: 10, data: { kind: 'bytes', bytes: Uint8Array.of(1, 255) } },
    ])
  })
  test('what it would remove is not there', () => {
    expect(read('[-HKEY_A]\r\n"x"="y"\r\n[HKEY_B]\r\n"x"=-\r\n')).toEqual([
      { path: 'HKEY_B', line: 5, values: [] },
    ])
  })
  test.each(['"x"="y"', '[HKEY_A]\r\nx=y', '[HKEY_A]\r\n"x"=hex:123', '[HKEY_A]\r\n"x"=dword:zz'])(
    'is refused with its line: %s',
    (text) => expect(() => read(text)).toThrow(/a\.reg:[34]: it is no value/),
  )
  test('of something else is refused', () => {
    expect(() => readRegFile('a.reg', '[x]\ny=1\n')).toThrow(/a\.reg:1: /)
  })
})
