import { describe, expect, test } from 'vitest'
import { NOW } from '../../test/fixtures/top-state.ts'
import { difference } from './difference.ts'
import { safeText } from './safe-text.ts'
import { sparkline, UNICODE } from './sparkline.ts'
import { clip, sized, widthOf, wrap } from './text-width.ts'
import { ageText, bytesText, clockText, cpuText } from './texts.ts'

describe('text', () => {
  test('takes as many cells as a terminal gives it', () => {
    expect(widthOf('abc')).toBe(3)
    expect(widthOf('日本語')).toBe(6)
    expect(widthOf('한글')).toBe(4)
    expect(widthOf('ﾊﾝｶｸ')).toBe(4)
    expect(widthOf('Ｆ😀')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
    expect(widthOf('…─█·')).toBe(4)
  })

  test('is cut between characters, never within one', () => {
    expect(clip('日本語', 5)).toBe('日本…')
    expect(clip('日本語', 4)).toBe('日…')
    expect(clip('日本語', 1)).toBe('…')
    expect(clip('日本語', 0)).toBe('')
    expect(clip('abc', 3)).toBe('abc')
    expect(sized('日本語', 4)).toBe('日… ')
    expect(sized('7', 3, 'right')).toBe('  7')
  })

  test('is wrapped at blanks where there are any', () => {
    expect(wrap('one two three', 8, 3)).toEqual(['one two', 'three'])
    expect(wrap('x'.repeat(10), 4, 2)).toEqual(['xxxx', 'xxx…'])
    expect(wrap('日本語日本語', 5, 3)).toEqual(['日本', '語日', '本語'])
    expect(wrap('', 5, 3)).toEqual([])
  })

  test('of others has no controls left, nor what turns or hides', () => {
    expect(safeText('a\x1b[2Jb\x00\x7f\x9b')).toBe('a\\x1b[2Jb\\x00\\x7f\\x9b')
    expect(safeText('\u202eabc\u200b\ufeff\u2028')).toBe('\\u202eabc\\u200b\\ufeff\\u2028')
    expect(safeText('\ud800')).toBe('\\ud800')
    expect(safeText('\u{e0041}')).toBe('\\u{e0041}')
    expect(safeText('a\tb')).toBe('a    b')
    expect(safeText(`a${'\u0300'.repeat(50)}`)).toBe('a\u0300\u0300')
    expect(safeText('\u0300a')).toBe('\u25cc\u0300a')
    expect(safeText('名', true)).toBe('\\u540d')
  })

  test('of figures is short', () => {
    expect([0, 41_000, 192_000, 18_420_000, 1_047_600_000].map(ageText)).toEqual([
      '0s',
      '41s',
      '3m12s',
      '5h07m',
      '12d3h',
    ])
    expect([0, 999, 1_000, 24_500_000, 536_870_912, 5e15].map(bytesText)).toEqual([
      '0B',
      '999B',
      '1.0K',
      '23.4M',
      '512M',
      '4547T',
    ])
    expect([0, 3.14, 99.94, 99.96, 1280].map(cpuText)).toEqual([
      '0.0',
      '3.1',
      '99.9',
      '100',
      '1280',
    ])
    expect(clockText(NOW)).toBe('14:03:22Z')
  })

  test('of a history is bars, the newest on the right', () => {
    expect(sparkline([0, 50, null, 100], 6, 5, UNICODE)).toBe('  ▁▅ █')
    expect(sparkline([1, 1], 2, 5, UNICODE)).toBe('▂▂')
    expect(sparkline([1, 2, 3, 4], 2, 1, UNICODE)).toBe('▆█')
    expect(sparkline([], 3, 1, UNICODE)).toBe('   ')
  })
})

describe('the difference of two screens', () => {
  test('is all of it at first, and then what has changed', () => {
    expect(difference(null, ['a', '', 'c'])).toBe(
      '\u001b[0m\u001b[2J\u001b[1;1H\u001b[2Ka\u001b[3;1H\u001b[2Kc',
    )
    expect(difference(['a', 'b'], ['a', 'x'])).toBe('\u001b[2;1H\u001b[2Kx')
    expect(difference(['a', 'b'], ['a'])).toBe('\u001b[2;1H\u001b[2K')
    expect(difference(['a'], ['a'])).toBe('')
  })
})
