import { describe, expect, test } from 'vitest'
import { isWindowsError, WindowsError } from '../../model/windows-error.ts'
import { readWideText, readWideTexts, wideText, wideTexts } from './win32-error.ts'

describe('texts as Windows keeps them', () => {
  test.each(['', 'plain', 'Größe 漢字 😀', 'line\nbreak', 'x'.repeat(5_000)])(
    '%j comes back as it went',
    (text) => {
      expect(readWideText(wideText(text))).toBe(text)
    },
  )

  test.each([[[]], [['one']], [['A=1', 'B=', 'C=x\ny', 'Ü=😀']]])(
    'the list %j comes back as it went',
    (texts) => {
      expect(readWideTexts(wideTexts(texts))).toEqual(texts)
    },
  )

  test('a list ends with two NULs, an empty one too', () => {
    expect(wideTexts([]).toString('hex')).toBe('00000000')
    expect(wideTexts(['a']).toString('hex')).toBe('610000000000')
  })

  test('registry values that somebody wrote without their NULs are read to the end', () => {
    expect(readWideText(Buffer.from('text', 'utf16le'))).toBe('text')
    expect(readWideTexts(Buffer.from('one\0two', 'utf16le'))).toEqual(['one', 'two'])
    expect(readWideTexts(Buffer.from('one\0two\0', 'utf16le'))).toEqual(['one', 'two'])
    expect(readWideTexts(Buffer.alloc(0))).toEqual([])
    expect(readWideText(Buffer.from([0x41]))).toBe('')
  })

  test('what stands behind the end is not read', () => {
    expect(readWideTexts(Buffer.from('one\0\0rest\0\0', 'utf16le'))).toEqual(['one'])
    expect(readWideText(Buffer.from('skip\0this\0', 'utf16le'), 10)).toBe('this')
  })
})

test('an error of Windows is told apart by its number', () => {
  const error = new WindowsError('OpenServiceW', 1060)
  expect(error.message).toBe('OpenServiceW: Windows error 1060: there is no such service')
  expect(isWindowsError(error)).toBe(true)
  expect(isWindowsError(error, 5, 1060)).toBe(true)
  expect(isWindowsError(error, 5)).toBe(false)
  expect(isWindowsError(new Error('1060'))).toBe(false)
  expect(new WindowsError('X', 4_321).message).toBe('X: Windows error 4321')
})
