import { describe, expect, test } from 'vitest'
import { keysIn } from './keys.ts'

const named = (text: string, last = false): readonly string[] =>
  keysIn(text, last).keys.map((key) =>
    key.kind === 'char' ? key.char : key.kind === 'named' ? key.name : `paste ${key.text}`,
  )

describe('keys', () => {
  test.each([
    ['\x1b[A', 'up'],
    ['\x1bOB', 'down'],
    ['\x1b[1;5C', 'right'],
    ['\x1b[5~', 'page-up'],
    ['\x1b[6;2~', 'page-down'],
    ['\x1b[1~', 'home'],
    ['\x1bOF', 'end'],
    ['\r', 'enter'],
    ['\x7f', 'backspace'],
    ['\x03', 'interrupt'],
    ['\x1a', 'suspend'],
    ['界', '界'],
    ['😀', '😀'],
  ])('%j is %s', (text, key) => {
    expect(keysIn(text)).toMatchObject({ rest: '' })
    expect(named(text)).toEqual([key])
  })

  test('several may come at once, and unknown sequences are nothing', () => {
    expect(named('j\x1b[A\x1b[99~\x1b[?1;2cq\x00')).toEqual(['j', 'up', 'q'])
  })

  test('a sequence may come in pieces, an escape alone is one when nothing follows', () => {
    expect(keysIn('a\x1b')).toMatchObject({ rest: '\x1b', keys: [{ char: 'a' }] })
    expect(keysIn('\x1b[1;')).toMatchObject({ rest: '\x1b[1;', keys: [] })
    expect(named('\x1b[1;5A')).toEqual(['up'])
    expect(named('\x1b', true)).toEqual(['escape'])
  })

  test('what never ends is not kept for ever', () => {
    expect(keysIn(`\x1b[${'1;'.repeat(500)}`).rest).toBe('')
    expect(keysIn(`\x1b[200~${'x'.repeat(10_000)}`).rest).toBe('')
  })

  test('what is pasted is one piece', () => {
    expect(named('\x1b[200~rm -rf\rq\x1b[201~j')).toEqual(['paste rm -rf\rq', 'j'])
    expect(keysIn('\x1b[200~half')).toMatchObject({ keys: [], rest: '\x1b[200~half' })
  })
})
