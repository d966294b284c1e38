import { expect, test } from 'vitest'
import { importWinsw } from './import.ts'
import type { Element } from './xml.ts'
import { readXml } from './xml.ts'

const machine = { host: 'box', user: 'me', home: '/home/me' }
const files = (text: string) => ({
  readText: () => text,
  names: () => null,
  canExecute: () => false,
})
const read = (text: string, path = '/srv/a.xml'): Element =>
  readXml({ path, base: '/srv', machine, files: files(text) })

test('elements have their text, attributes and lines; references and CDATA are text', () => {
  const root = read(
    '\uFEFF<service>\r\n<a b="1 &gt; 2">x &amp; <![CDATA[<y>]]></a><!-- no -->\r\n</service>',
  )
  const element = root.first('a')
  expect(element?.text).toBe('x & <y>')
  expect(element?.attribute('b')).toBe('1 > 2')
  expect(element?.attribute('toString')).toBeNull()
  expect(element?.place).toEqual({ file: 'a.xml', line: 2 })
})

test.each([
  ['a document type', '<!DOCTYPE service><service/>', /document type/],
  [
    'entities that make much of little',
    `<!DOCTYPE s [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><service><id>&b;</id></service>`,
    /:1: /,
  ],
  [
    'an entity that is a file',
    '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><service><id>x</id></service>',
    /document type/,
  ],
  ['an entity that nobody declared', '<service>\n<id>&x;</id></service>', /a\.xml:2: /],
  ['a tag that is not closed', '<service><id></service>', /a\.xml:1: /],
  ['no element at all', 'id=x', /a\.xml:1: /],
  ['depth without an end', `${'<a>'.repeat(60_000)}`, /nested deeper|more than/],
  [
    'another encoding',
    '<?xml version="1.0" encoding="gbk"?><service>\uFFFD</service>',
    /save it as UTF-8/,
  ],
])('%s is refused, with the place', (_, text, problem) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'FOREIGN_INVALID', message: expect.stringMatching(problem) }),
  )
})

test('on the machine itself %BASE% is the directory of the file, as WinSW has it', () => {
  const text =
    '<service><id>a</id><executable>%base%\\a.exe</executable><argument>%BASE%\\b c</argument></service>'
  const source = { path: 'C:\\my services\\a.xml', base: 'C:\\', machine, files: files(text) }
  expect(importWinsw(source).services[0]?.settings).toMatchObject({
    command: ['C:\\my services\\a.exe', 'C:\\my services\\b c'],
    cwd: 'C:\\my services',
    log: { file: 'C:\\my services\\a.out.log' },
  })
})
