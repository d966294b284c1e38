import { describe, expect, test } from 'vitest'
import { environmentBlock, variable } from './environment-block.ts'

const lines = (env: Record<string, string>, root: string | null = null): string[] =>
  environmentBlock(env, root).toString('utf16le').split('\0')

describe('the environment block of CreateProcessW', () => {
  test('is sorted without regard to case, and ends with two NULs', () => {
    expect(lines({ zeta: '1', Alpha: '2', _x: '3', BETA: 'ż 🐢' })).toEqual([
      ...['Alpha=2', 'BETA=ż 🐢', 'zeta=1', '_x=3'],
      ...['', ''],
    ])
  })

  test('has an empty one as two NULs', () => {
    expect(environmentBlock({}, null)).toEqual(Buffer.alloc(4))
  })

  test('has one of two names that differ in case alone: the one set last', () => {
    expect(lines({ Path: 'a', PATH: 'b' })).toEqual(['PATH=b', '', ''])
    expect(variable({ Path: 'a', PATH: 'b' }, 'path')).toBe('b')
    expect(variable({}, 'path')).toBe(null)
  })

  test('adds SystemRoot where it is missing, and takes the one that is given', () => {
    expect(lines({ A: '1' }, 'C:\\Windows')).toEqual(['A=1', 'SystemRoot=C:\\Windows', '', ''])
    expect(lines({ systemroot: 'D:\\W' }, 'C:\\Windows')).toEqual(['systemroot=D:\\W', '', ''])
  })

  test('keeps the names that cmd.exe keeps directories in', () => {
    expect(lines({ '=C:': 'C:\\x' })).toEqual(['=C:=C:\\x', '', ''])
  })

  test.each([
    ['', 'x'],
    ['a=b', 'x'],
    ['a', 'x\0y'],
    ['a\0', 'x'],
  ])('refuses %j with the value %j', (name, value) => {
    expect(() => environmentBlock({ [name]: value }, null)).toThrow(/cannot be passed/)
  })
})
