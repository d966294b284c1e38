import { describe, expect, test } from 'vitest'
import { renderPlist, xmlProblem } from './plist.ts'

describe('a property list', () => {
  test('has every kind of value, in the order given', () => {
    const value = { B: 'text', A: 7, C: true, D: false, E: ['x', 2], F: { G: 'y' }, H: [], I: {} }
    expect(renderPlist(value, 'mark').split('\n').slice(2)).toEqual([
      '<!-- mark -->',
      '<plist version="1.0">',
      '<dict>',
      '\t<key>B</key>',
      '\t<string>text</string>',
      '\t<key>A</key>',
      '\t<integer>7</integer>',
      '\t<key>C</key>',
      '\t<true/>',
      '\t<key>D</key>',
      '\t<false/>',
      '\t<key>E</key>',
      '\t<array>',
      '\t\t<string>x</string>',
      '\t\t<integer>2</integer>',
      '\t</array>',
      '\t<key>F</key>',
      '\t<dict>',
      '\t\t<key>G</key>',
      '\t\t<string>y</string>',
      '\t</dict>',
      '\t<key>H</key>',
      '\t<array/>',
      '\t<key>I</key>',
      '\t<dict/>',
      '</dict>',
      '</plist>',
      '',
    ])
  })

  test('escapes what XML would read as markup, and the carriage return that it would change', () => {
    expect(renderPlist('<a b="c">&\r\n</a>', '')).toContain(
      '<string>&lt;a b="c"&gt;&amp;&#13;\n&lt;/a&gt;</string>',
    )
  })
})

describe('XML cannot carry', () => {
  test.each([
    ['\u0000', 'U+0000'],
    ['a\u0001b', 'U+0001'],
    ['\u001b[31m', 'U+001B'],
    ['\u000b', 'U+000B'],
    ['\ufffe', 'U+FFFE'],
    ['\uffff', 'U+FFFF'],
    ['half of a pair \ud83d', 'U+D83D'],
  ])('%j', (text, name) => {
    expect(xmlProblem(text)).toContain(name)
  })

  test.each(['', ' \t\r\n', 'grüße 你好 🚀', '\u007f\u0085', '\ufeff\ufffd'])(
    'but it can carry %j',
    (text) => {
      expect(xmlProblem(text)).toBeNull()
    },
  )
})
