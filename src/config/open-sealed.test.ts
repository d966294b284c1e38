import { expect, test } from 'vitest'
import type { SecretOpener } from '../model/ports/secret-opener.ts'
import { parseEnvFile } from './env-file.ts'
import { parseGuardFile } from './guard-file.ts'
import { openSealed } from './open-sealed.ts'
import { parseSpec } from './parse-spec.ts'

/** Stands in for a key: opens `ENC(path|value)` at that path alone. */
const open: SecretOpener = (text, path) => {
  const [at, value = ''] = text.slice(4, -1).split('|')
  return at === path.join('.') ? { value } : { problem: 'sealed for another setting' }
}

const env = {}
const file = (value: string) =>
  `services:\n  api:\n    command: [node, api.js]\n    env:\n      PASSWORD: ${value}\n`

test('sealed texts are opened by their path, wherever they are, and the others are as they were', () => {
  const value = { a: ['x', 'ENC(a.1|one)'], b: { c: 'ENC(b.c|two)', d: 3, e: null } }
  expect(openSealed(value, open)).toEqual({
    value: { a: ['x', 'one'], b: { c: 'two', d: 3, e: null } },
    problems: [],
  })
})

test('stead.yaml has its sealed values opened, and one that cannot be is named with its place', () => {
  const parse = (text: string) =>
    parseGuardFile({ path: '/srv/stead.yaml', text, env, openSecret: open })
  const [service] = parse(file('ENC(services.api.env.PASSWORD|hunter2)')).services
  expect(service?.env).toEqual({ PASSWORD: 'hunter2' })
  expect(() => parse(file('ENC(services.db.env.PASSWORD|hunter2)'))).toThrow(
    /^\/srv\/stead\.yaml:5:17: services\.api\.env\.PASSWORD: sealed for another setting/,
  )
})

test('a sealed value stays sealed for those who only look at the file', () => {
  const text = file('ENC(services.api.env.PASSWORD|hunter2)')
  const [service] = parseGuardFile({ path: '/srv/stead.yaml', text, env }).services
  expect(service?.env.PASSWORD).toBe('ENC(services.api.env.PASSWORD|hunter2)')
})

test('an env file may have sealed values; what cannot be opened is named without its value', () => {
  expect(parseEnvFile('A=1\nB="ENC(env.B|two)"\n', '/etc/api.env', open)).toEqual({
    A: '1',
    B: 'two',
  })
  expect(() => parseEnvFile('B=ENC(env.C|two)\n', '/etc/api.env', open)).toThrow(
    '/etc/api.env: line 1, B: sealed for another setting',
  )
})

test('a service with a sealed variable needs a guard, unless its program opens it itself', () => {
  const raw = { name: 'api', command: ['/usr/bin/api'], env: { A: 'ENC(env.A|x)', B: 'plain' } }
  expect(parseSpec(raw, 'the test').guard?.asked).toEqual(['env.A'])
  expect(parseSpec({ ...raw, protocol: 'native' }, 'the test').guard).toBe(null)
})
