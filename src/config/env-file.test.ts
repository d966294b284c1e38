import { expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'

test('lines, comments, quotes and Windows paths', () => {
  const text = [
    '\uFEFF# a comment',
    '; another',
    '',
    'PLAIN = some text with blanks  ',
    'PATH_=C:\\data\\new',
    "SINGLE=' kept \\n $HOME '",
    'DOUBLE="a \\"b\\" \\\\ \\$c"',
    'EMPTY=',
    'export SHELL_LIKE=1\r',
    'EQUALS=a=b',
  ].join('\n')
  expect(parseEnvFile(text, 'x.env')).toEqual({
    PLAIN: 'some text with blanks',
    PATH_: 'C:\\data\\new',
    SINGLE: ' kept \\n $HOME ',
    DOUBLE: 'a "b" \\ $c',
    EMPTY: '',
    SHELL_LIKE: '1',
    EQUALS: 'a=b',
  })
})

test('every bad line is named by its number, and no value is shown', () => {
  expect(() => parseEnvFile('A=1\nsecret stuff\n1B=2\nC="open', 'x.env')).toThrow(
    'x.env: line 2 is not KEY=VALUE; line 3 is not KEY=VALUE; line 4 is not KEY=VALUE',
  )
})
