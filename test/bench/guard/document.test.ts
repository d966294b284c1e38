import { expect, test } from 'vitest'
import { replaceSection } from './document.ts'

const document = 'before\n<!-- a -->\nold\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\n'

test('a section is replaced between its markers, and nothing else', () => {
  expect(replaceSection(document, 'a', 'new')).toBe(
    'before\n<!-- a -->\n\nnew\n\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\n',
  )
})

test('a section is replaced again', () => {
  const once = replaceSection(document, 'b', 'one')
  expect(replaceSection(once, 'b', 'one')).toBe(once)
})

test('a document without a place for the section is refused', () => {
  expect(() => replaceSection(document, 'c', 'x')).toThrow('no place for c')
  expect(() => replaceSection('<!-- c --> and no end', 'c', 'x')).toThrow('no place for c')
})
