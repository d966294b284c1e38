import { expect, test } from 'vitest'
import { readOptions } from './options.ts'

const read = (...words: string[]) => readOptions(words, ['crash', 'idle'], ['stead', 'floor'])

test('without options everything is measured, as often as each row wants', () => {
  expect(read()).toMatchObject({
    rows: ['crash', 'idle'],
    peers: ['stead', 'floor'],
    rounds: null,
    quick: false,
    write: false,
  })
})

test('rows and peers are chosen by name', () => {
  expect(read('--rows', 'idle', '--peers', 'floor,stead', '--rounds', '2')).toMatchObject({
    rows: ['idle'],
    peers: ['floor', 'stead'],
    rounds: 2,
  })
})

test.each([
  [['--rows', 'crush'], 'no row crush; there are crash, idle'],
  [['--peers', 'floor,nobody'], 'no peer nobody'],
  [['--rounds', '0'], '--rounds takes a number, not 0'],
  [['--fast'], "Unknown option '--fast'"],
])('%s is refused', (words, message) => {
  expect(() => read(...words)).toThrow(message)
})
