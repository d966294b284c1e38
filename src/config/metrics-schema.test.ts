import { describe, expect, test } from 'vitest'
import { isLoopback } from '../model/loopback.ts'
import { parseGuardFile } from './guard-file.ts'

const read = (metrics: string) =>
  parseGuardFile({
    path: '/srv/shop/stead.yaml',
    text: `services:\n  web: { command: x }\nmetrics: ${metrics}\n`,
    env: {},
  }).metrics

describe('metrics in stead.yaml', () => {
  test.each([
    ['{ listen: 9464 }', { host: '127.0.0.1', port: 9464, tokenFile: null }],
    ['{ listen: "9464" }', { host: '127.0.0.1', port: 9464, tokenFile: null }],
    ['{ listen: "localhost:1" }', { host: '127.0.0.1', port: 1, tokenFile: null }],
    ['{ listen: "127.9.9.9:1" }', { host: '127.9.9.9', port: 1, tokenFile: null }],
    ['{ listen: "[::1]:65535" }', { host: '::1', port: 65_535, tokenFile: null }],
    [
      '{ listen: "0.0.0.0:9464", tokenFile: token }',
      { host: '0.0.0.0', port: 9464, tokenFile: '/srv/shop/token' },
    ],
    [
      '{ listen: "[2001:db8::1]:9464", tokenFile: /etc/token }',
      { host: '2001:db8::1', port: 9464, tokenFile: '/etc/token' },
    ],
  ])('%s is taken', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test.each([
    '{}',
    '9464',
    '{ listen: 0 }',
    '{ listen: 65536 }',
    '{ listen: "example.org:9464", tokenFile: t }',
    '{ listen: "300.0.0.1:9464", tokenFile: t }',
    '{ listen: "::1:9464" }',
    '{ listen: "127.0.0.1" }',
    '{ listen: 9464, tokenFile: "" }',
    '{ listen: 9464, token: secret }',
  ])('%s is refused', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'GUARD_FILE_INVALID' }))
  })

  test.each(['0.0.0.0:9464', '[::]:9464', '10.0.0.1:9464'])(
    '%s without a token is refused, since others reach it',
    (listen) => {
      expect(() => read(`{ listen: "${listen}" }`)).toThrow('say tokenFile, or listen on 127.0.0.1')
    },
  )

  test('an address is of the loopback, or it is not', () => {
    for (const one of ['127.0.0.1', '127.255.0.9', '::1', '0:0:0:0:0:0:0:1']) {
      expect(isLoopback(one), one).toBe(true)
    }
    for (const one of ['0.0.0.0', '::', '10.0.0.1', '1270.0.0.1', '2001:db8::1', 'fe80::1']) {
      expect(isLoopback(one), one).toBe(false)
    }
  })
})
