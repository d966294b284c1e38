import { describe, expect, test } from 'vitest'
import { decodeCall } from './decode-call.ts'
import { XmlProblem } from './xml-cursor.ts'

const call = (value: string): string =>
  `<?xml version='1.0'?>\n<methodCall>\n<methodName>a.b</methodName>\n<params>\n<param>\n${value}\n</param>\n</params>\n</methodCall>\n`
const brought = (xml: string): unknown => decodeCall(call(`<value>${xml}</value>`)).params[0]

describe('a call', () => {
  test('has a method and parameters', () => {
    expect(decodeCall(call('<value><int>5</int></value>'))).toEqual({ method: 'a.b', params: [5] })
  })

  test.each([
    ['<methodCall><methodName>a.b</methodName></methodCall>'],
    ['<methodCall><methodName>a.b</methodName><params/></methodCall>'],
    ['\uFEFF<methodCall><!-- c --><methodName> a.b </methodName><params></params></methodCall>\n'],
    [
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><methodCall><methodName>a.b</methodName></methodCall>',
    ],
  ])('may have none: %s', (text) => {
    expect(decodeCall(text)).toEqual({ method: 'a.b', params: [] })
  })

  test.each([
    ['<int>-7</int>', -7],
    ['<i4>+2147483647</i4>', 2147483647],
    ['<i8>9007199254740991</i8>', Number.MAX_SAFE_INTEGER],
    ['<boolean>1</boolean>', true],
    ['<boolean>0</boolean>', false],
    ['<double>-1.5e3</double>', -1500],
    ['<string>a&lt;b&#x41;&#10;</string>', 'a<bA\n'],
    ['<string/>', ''],
    ['<string> two </string>', ' two '],
    [' no type ', ' no type '],
    ['', ''],
    ['<![CDATA[<a>&b;]]> and', '<a>&b; and'],
    ['a<!-- b -->c', 'ac'],
    ['<string>a\r\nb</string>', 'a\nb'],
    ['<base64>Z3LDvMOf\nZQ==</base64>', 'grüße'],
    ['<dateTime.iso8601>19980717T14:08:55</dateTime.iso8601>', '19980717T14:08:55'],
    ['<array><data/></array>', []],
    ['<array><data> <value>1</value> <value><int>2</int></value></data></array>', ['1', 2]],
    ['<struct/>', new Map()],
    [
      '<struct><member><name>__proto__</name><value>x</value></member></struct>',
      new Map([['__proto__', 'x']]),
    ],
  ])('brings %s', (xml, value) => {
    expect(brought(xml)).toEqual(value)
  })

  test('an empty element of a value is an empty text', () => {
    expect(decodeCall(call('<value/>')).params).toEqual([''])
  })
})

describe('refused', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><methodCall><methodName>&lol2;</methodName></methodCall>`
  test.each([
    ['an entity bomb', bomb],
    [
      'a document type',
      '<!DOCTYPE methodCall SYSTEM "file:///etc/passwd"><methodCall><methodName>a</methodName></methodCall>',
    ],
    ['an entity of its own', call('<value>&xxe;</value>')],
    ['an attribute', '<methodCall a="b"><methodName>a</methodName></methodCall>'],
    ['a processing instruction', '<?php x ?><methodCall><methodName>a</methodName></methodCall>'],
    [
      'another encoding',
      '<?xml version="1.0" encoding="UTF-7"?><methodCall><methodName>a</methodName></methodCall>',
    ],
    ['nothing', ''],
    ['no XML', 'GET / HTTP/1.1'],
    ['half of it', call('<value/>').slice(0, 80)],
    ['no method', '<methodCall><params/></methodCall>'],
    ['an empty method', '<methodCall><methodName> </methodName></methodCall>'],
    ['an answer', '<methodResponse><params/></methodResponse>'],
    ['more than one', '<methodCall><methodName>a</methodName></methodCall><x/>'],
    ['tags that do not fit', call('<value><int>5</string></value>')],
    ['a type of others', call('<value><nil/></value>')],
    ['two types', call('<value><int>5</int><int>6</int></value>')],
    ['text beside a type', call('<value>a<int>5</int></value>')],
    ['text behind a type', call('<value><int>5</int>a</value>')],
    ['no value', call('')],
    ['a character that XML does not have', call('<value>\u0007</value>')],
    ['a reference to one', call('<value>&#0;</value>')],
    ['a reference to half a character', call('<value>&#xD800;</value>')],
    ['a reference beyond all', call('<value>&#x110000;</value>')],
    ['half a character', call('<value>\uD800</value>')],
    ['a comment without an end', call('<value><!-- </value>')],
    ['a CDATA section without an end', call('<value><![CDATA[ </value>')],
    ['an array without data', call('<value><array/></value>')],
    ['a struct of values', call('<value><struct><value/></struct></value>')],
    ...['<int>2147483648</int>', '<int>1.5</int>', '<int></int>', '<int>0x10</int>'].map((xml) => [
      xml,
      call(`<value>${xml}</value>`),
    ]),
    ...[
      '<boolean>true</boolean>',
      '<double>NaN</double>',
      '<double>1e999</double>',
      '<base64>%%%</base64>',
      '<dateTime.iso8601>now</dateTime.iso8601>',
    ].map((xml) => [xml, call(`<value>${xml}</value>`)]),
  ] as [string, string][])('%s', (_, text) => {
    expect(() => decodeCall(text)).toThrow(XmlProblem)
  })

  test('values in values without end', () => {
    const deep = (depth: number): string =>
      `${'<value><array><data>'.repeat(depth)}<value/>${'</data></array></value>'.repeat(depth)}`
    expect(decodeCall(call(deep(20))).params).toHaveLength(1)
    expect(() => decodeCall(call(deep(40)))).toThrow('deeper than 24')
    expect(() => decodeCall(call(deep(20_000)))).toThrow('deeper than 24')
  })

  test('values in great number', () => {
    const list = (count: number): string =>
      call(`<value><array><data>${'<value/>'.repeat(count)}</data></array></value>`)
    expect(decodeCall(list(10_000)).params[0]).toHaveLength(10_000)
    expect(() => decodeCall(list(30_000))).toThrow('more than 20000 values')
  })
})
