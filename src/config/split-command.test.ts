import { expect, test } from 'vitest'
import { splitCommand } from './split-command.ts'

test.each([
  ['node server.js', ['node', 'server.js']],
  ['  a   b\tc\n', ['a', 'b', 'c']],
  [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
  [`a '' ""`, ['a', '', '']],
  [`--title='The Shop'`, ['--title=The Shop']],
  [`a\\ b`, ['a b']],
  [`"a\\"b" "c\\d"`, ['a"b', 'c\\d']],
  [`'a\\'`, ['a\\']],
  [
    'echo $HOME `id` ; rm * > x && y | z',
    ['echo', '$HOME', '`id`', ';', 'rm', '*', '>', 'x', '&&', 'y', '|', 'z'],
  ],
  ['', []],
  ['ä "ö ü"', ['ä', 'ö ü']],
])('%j is split into %j, and nothing is expanded', (line, words) => {
  expect(splitCommand(line)).toEqual(words)
})

test.each([[`a 'b`], [`a "b`], [`a "b\\"`], ['a\\']])('%j is not ended', (line) => {
  expect(splitCommand(line)).toBeNull()
})
