import { describe, expect, test } from 'vitest'
import { configSource } from './config-source.ts'
import { formatOf, readSource } from './read-source.ts'

function source(name: string, text: string) {
  const read = readSource(name, text)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read
}

function problems(name: string, text: string): string {
  const read = readSource(name, text)
  return 'problems' in read ? read.problems.join('\n') : 'none'
}

const SAME: readonly (readonly [string, string])[] = [
  ['a.yaml', 'port: 80\nhosts: [a, b]\ntls: { on: true, key: null }\nrate: 1.50\n'],
  ['a.json', '{"port": 80, "hosts": ["a", "b"],\n"tls": {"on": true, "key": null}, "rate": 1.50}'],
  [
    'a.jsonc',
    '{"port": 80, /* two */ "hosts": ["a", "b",],\n"tls": {"on": true, "key": null}, "rate": 1.50,}',
  ],
]

test.each(SAME)('%s says the same as the others', (name, text) => {
  const read = source(name, text)
  expect(read.value).toEqual({
    port: 80,
    hosts: ['a', 'b'],
    tls: { on: true, key: null },
    rate: 1.5,
  })
  expect(read.written(['rate'])).toBe('1.50')
  expect(read.written(['hosts', 1])).toBe('b')
})

test('TOML is read: dotted names, tables, lists of tables, dates as they are written', () => {
  const text = `a.b = 0x10
"with space" = 'raw\\text'
when = 1979-05-27T07:32:00Z
big = 1.50

[server]
port = 80
hosts = [ "a", { name = "b" } ]

[[job]]
name = "one"
[job.env]
X = "1"
[[job]]
name = "two"
[server.tls]
on = true
`
  const read = source('a.toml', text)
  expect(read.value).toEqual({
    a: { b: 16 },
    'with space': 'raw\\text',
    when: '1979-05-27T07:32:00Z',
    big: 1.5,
    server: { port: 80, hosts: ['a', { name: 'b' }], tls: { on: true } },
    job: [{ name: 'one', env: { X: '1' } }, { name: 'two' }],
  })
  expect(read.written(['big'])).toBe('1.50')
  expect(read.lineOf(['job', 0, 'env', 'X'])).toBe(13)
  expect(read.lineOf(['job', 1])).toBe(14)
  expect(read.lineOf(['server', 'tls', 'on'])).toBe(17)
})

test.each([
  ['x.yaml', 'a:\n  b: one\n'],
  ['x.json', '{ "a":\n  { "b": "one" } }\n'],
  ['x.jsonc', '{ "a": // it\n  { "b": "one" } }\n'],
  ['x.toml', '[a]\n  b = "one"\n'],
])('a problem in %s has its line and column and a mark below it', (name, text) => {
  const [told = ''] = source(name, text).describe([{ path: ['a', 'b'], message: 'no' }])
  const [place = '', row = '', mark = ''] = told.split('\n')
  const { line, column } = /:(?<line>\d+):(?<column>\d+): a\.b: no$/.exec(place)?.groups ?? {}
  expect(line).toBe('2')
  expect(text.split('\n')[1]?.slice(Number(column) - 1)).toMatch(/^"?one/)
  expect(row).toContain('one')
  expect(mark.indexOf('^')).toBe(row.search(/"?one/))
})

test('a line with a secret is not shown', () => {
  const { tree } = source('x.yaml', 'password: hunter2\n')
  const { describe: tell } = configSource(tree, (path) => path.includes('password'))
  expect(tell([{ path: ['password'], message: 'it is too short' }])).toEqual([
    'x.yaml:1:11: password: it is too short',
  ])
})

describe('what is no text of its format is refused with its place', () => {
  test.each([
    ['a.yaml', 'a: 1\na: 2\n', /^a\.yaml:2:1: this name stands here for the second time/],
    ['a.json', '{"a":1,\n"a":2}', /^a\.json:2:1: this name stands here for the second time/],
    ['a.toml', 'a = 1\na = 2\n', /^a\.toml:2:1: this name stands here for the second time/],
    ['a.toml', '[x]\na=1\n[x]\n', /^a\.toml:3:\d: this name stands here for the second time/],
    ['a.json', '{"a": 1,}', /something is expected after the comma; only .* \.jsonc/],
    ['a.json', '{"a": 1} // b', /JSON has no comments; a file that is called \.jsonc/],
    ['a.json', '{"a": tru', /^a\.json:1:7: /],
    ['a.json', '{"a": "x', /not closed/],
    ['a.toml', 'a = ', /^a\.toml:1:\d: /],
    ['a.toml', 'a = {b = 1,}', /^a\.toml:1:\d+: /],
    ['a.yaml', 'a: *b\n', /^a\.yaml:1:4: .*b/],
    ['a.yaml', 'a: &a [*a]\n', /\*a would contain itself/],
    ['a.yaml', '<<: 1\n', /"<<" takes a map/],
    ['a.yaml', '? [x]\n: 1\n', /this is no name/],
    ['a.yaml', '', /it is empty/],
    ['a.json', '', /it is empty/],
    ['a.jsonc', '// nothing\n', /it is empty/],
    ['a.toml', '# nothing\n', /it is empty/],
    ['a.toml', '\0', /not UTF-8/],
    ['a.json', `${'['.repeat(200)}${']'.repeat(200)}`, /nested too deeply/],
    ['a.json', '['.repeat(500_000), /nested too deeply|expected/],
    ['a.toml', `a = ${'['.repeat(200)}${']'.repeat(200)}`, /nested too deeply/],
    ['a.toml', `a = ${'['.repeat(50_000)}`, /^a\.toml:1:50005: /],
    ['a.toml', `a${'.a'.repeat(200)} = 1`, /nested too deeply/],
    ['a.toml', `[a${'.a'.repeat(200)}]`, /nested too deeply/],
    ['a.yaml', '['.repeat(50_000), /nested too deeply/],
  ])('%s %.40j', (name, text, expected) => {
    expect(problems(name, text)).toMatch(expected)
  })

  test('aliases upon aliases', () => {
    const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 30; i += 1)
      rows.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect(problems('a.yaml', rows.join('\n'))).toMatch(/aliases make more than 1000000 values/)
  })

  test('all of what JSON can tell at once is told at once', () => {
    expect(
      problems('a.json', '{"a": x,\n"b": y,\n"c" 1}').match(/^a\.json:/gm)?.length,
    ).toBeGreaterThan(2)
  })
})

test('a byte order mark and line ends of Windows change no place', () => {
  for (const [name, text] of [
    ['a.yaml', 'a: 1\r\nb: 2\r\n'],
    ['a.json', '{"a": 1,\r\n"b": 2}'],
    ['a.toml', 'a = 1\r\nb = 2\r\n'],
  ] as const) {
    const read = source(name, `\uFEFF${text}`)
    expect(read.value).toEqual({ a: 1, b: 2 })
    const [told] = read.describe([{ path: ['b'], message: 'no', key: true }])
    expect(told).toMatch(/:2:1: b: no\n/)
    expect(told).not.toContain('\r')
  }
})

test('names that objects have by themselves are names like all others', () => {
  for (const [name, text] of [
    ['a.yaml', '__proto__: 1\nconstructor: 2\n'],
    ['a.json', '{"__proto__": 1, "constructor": 2}'],
    ['a.toml', '__proto__ = 1\nconstructor = 2\n'],
  ] as const)
    expect(Object.entries(source(name, text).value as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
})

test('the ending of a name says the format', () => {
  expect(['a.yml', 'b.YAML', 'c.json', 'd.jsonc', 'e.toml', 'f', 'g.conf'].map(formatOf)).toEqual([
    'yaml',
    'yaml',
    'json',
    'jsonc',
    'toml',
    'yaml',
    'yaml',
  ])
})
