import { expect, test } from 'vitest'
import { parseGuardFile } from './guard-file.ts'
import { parseSpec } from './parse-spec.ts'

const specOf = (settings: string, rest = '') =>
  parseGuardFile({
    path: '/srv/stead.yaml',
    text: `${rest}services:\n  a:\n    command: a\n    ${settings}\n`,
    env: {},
  }).services[0]

test.each<[string, object]>([
  ['{ tcp: 5432 }', { kind: 'tcp', host: '127.0.0.1', port: 5432, timeout: 5_000 }],
  ['{ tcp: "[::1]:1", timeout: 1s }', { kind: 'tcp', host: '::1', port: 1, timeout: 1_000 }],
  ['{ http: "http://db/x" }', { kind: 'http', url: 'http://db/x', timeout: 5_000 }],
  ['{ file: run/token }', { kind: 'file', path: '/srv/run/token', timeout: 5_000 }],
  ['{ dns: db.local }', { kind: 'dns', name: 'db.local', timeout: 5_000 }],
  ['{ exec: test -e x }', { kind: 'exec', command: ['test', '-e', 'x'], timeout: 5_000 }],
])('%s', (written, need) => {
  expect(specOf(`needs: [${written}]`)?.needs).toEqual([need])
})

test.each<[string, RegExp]>([
  ['needs: [{ timeout: 1s }]', /it needs one of tcp, http, file, dns, exec/],
  ['needs: [{ tcp: 1, dns: a }]', /it has tcp and dns; there can be one only/],
  ['needs: [{ tcp: "db:x" }]', /is not a port from 1 to 65535/],
  ['needs: [{ dns: "a b" }]', /it is not a name/],
  ['needs: [{ fiel: x }]', /did you mean file\?/],
  ['needs: [{ tcp: 1, timeout: 0 }]', /more than 0/],
  ['needs: db', /a list such as/],
  ['needsTimeout: 0s', /more than 0/],
])('%s is refused', (written, message) => {
  expect(() => specOf(written)).toThrow(message)
})

test('what defaults give is taken back by false or an empty list', () => {
  const defaults = 'defaults: { needs: [{ dns: db }] }\n'
  expect(specOf('type: job', defaults)?.needs).toHaveLength(1)
  for (const nothing of ['false', '[]'])
    expect(specOf(`needs: ${nothing}`, defaults)?.needs).toEqual([])
})

test('the deadline is five minutes, or none', () => {
  expect(specOf('type: job')?.needsTimeout).toBe(300_000)
  expect(specOf('needsTimeout: none')?.needsTimeout).toBeNull()
})

test('a service file that has them asks for a guard', () => {
  const parse = (settings: object) =>
    parseSpec({ name: 'a', command: '/bin/a', ...settings }, 'the test').guard
  expect(parse({ needs: [{ tcp: 80 }], needsTimeout: '1m' })).toMatchObject({
    asked: ['needs', 'needsTimeout'],
    needs: [{ kind: 'tcp' }],
    needsTimeout: 60_000,
  })
  expect(parse({ needs: false, needsTimeout: '1m' })).toBeNull()
})
