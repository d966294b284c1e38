import { expect, test } from 'vitest'
import { archiveName, unknownWords } from './archive-name.ts'

const product = { name: 'hello', version: '1.2.0-rc.1' }

test('a template gets the words of the product and its target', () => {
  const name = archiveName('{{ name }}_{{version}}_{{ os }}_{{ arch }}', product, 'win-x64')
  expect(name).toBe('hello_1.2.0-rc.1_win_x64')
})

test('words that mean nothing are told', () => {
  expect(unknownWords('{{ name }}-{{ platform }}-{{}}')).toEqual(['platform', ''])
})
