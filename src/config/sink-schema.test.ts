import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { sinkName } from '../model/log-sink.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import { diffGuardSpecs } from './diff-guard-spec.ts'
import { parseGuardFile } from './guard-file.ts'

function guard(log: string, more = ''): GuardSpec {
  const text = stringify({ services: { api: { command: 'x', log: parse(log) as object } } })
  return parseGuardFile({ path: '/srv/shop/stead.yaml', text: `${text}${more}`, env: {} })
}

const sinksOf = (yaml: string) => guard(`{ sinks: ${yaml} }`).services[0]?.log.sinks ?? []

describe('sinks in stead.yaml', () => {
  test('are complete, with whole paths', () => {
    const sinks = sinksOf(
      '[journald, syslog, { syslog: "udp://[::1]", facility: local7 }, { loki: "http://l:3100", user: me, tokenFile: ./t, labels: { env: p } }]',
    )
    expect(sinks).toMatchObject([
      { kind: 'journald', socket: '/run/systemd/journal/socket', buffer: 1_048_576, lines: 10_000 },
      { kind: 'syslog', to: { transport: 'unix', path: '/dev/log' }, facility: 3 },
      { kind: 'syslog', to: { transport: 'udp', host: '::1', port: 514 }, facility: 23 },
      { kind: 'loki', url: 'http://l:3100', tokenFile: '/srv/shop/t', labels: { env: 'p' } },
    ])
    expect(sinks.map(sinkName)).toEqual([
      'journald /run/systemd/journal/socket',
      'syslog unix:/dev/log',
      'syslog udp://[::1]:514',
      'loki http://l:3100',
    ])
  })

  test('are shown without what could be secret', () => {
    const [sink] = sinksOf('[{ webhook: "https://hooks.example/T0/s3cret?key=s3cret" }]')
    expect(sinkName(sink as never)).toBe('webhook https://hooks.example')
  })

  test.each([
    ['[{}]', 'it needs one of journald, syslog, loki, webhook'],
    ['[{ journald: true, loki: "http://l" }]', 'it has journald and loki; there can be one only'],
    ['[{ syslog: "http://l" }]', 'is not an address such as "udp://127.0.0.1:514"'],
    ['[{ syslog: "tcp://l:0" }]', 'is not an address'],
    ['[{ loki: "http://me:s3cret@l" }]', 'a password does not belong in an address'],
    ['[{ journald: true, facility: user }]', 'it is for syslog only'],
    ['[{ syslog: "tcp://l", tokenFile: ./t }]', 'it is for loki and webhook only'],
    ['[{ webhook: "http://l", user: me }]', 'user needs tokenFile or tokenEnv'],
    ['[{ webhook: "http://l", tokenFile: a, tokenEnv: B }]', 'there can be one only'],
    ['[{ loki: "http://l", labels: { service: x } }]', 'stead sets this label itself'],
    ['[{ loki: "http://l", labels: { a-b: x } }]', 'a label of Loki has letters'],
  ])('%s is refused: %s', (yaml, message) => {
    expect(() => sinksOf(yaml)).toThrow(message)
  })

  test('need a program whose output passes through the guard', () => {
    expect(() => guard('{ format: direct, sinks: [journald] }')).toThrow(
      'sinks need another format',
    )
  })

  test('are changed in place, unless its output went nowhere before', () => {
    const changed = (before: string, after: string) =>
      diffGuardSpecs(guard(before), guard(after))[0]
    expect(changed('{}', '{ sinks: [journald] }')).toMatchObject({
      action: 'in-place',
      settings: ['log.sinks'],
    })
    expect(changed('{ format: off }', '{ format: off, sinks: [journald] }')?.action).toBe('restart')
    expect(changed('{ sinks: [syslog] }', '{ format: off, sinks: [syslog] }')?.action).toBe(
      'in-place',
    )
  })
})

describe('events in stead.yaml', () => {
  const outlets = (yaml: string) => guard('{}', `events: ${yaml}\n`).events

  test('name who is told', () => {
    expect(
      outlets(
        '{ webhooks: [{ url: "https://hooks.example/x", secretFile: k }], listeners: [{ command: ./on.py --fast, cwd: hooks }] }',
      ),
    ).toMatchObject({
      webhooks: [{ name: 'hooks.example', secretFile: '/srv/shop/k', services: [], kinds: [] }],
      listeners: [
        {
          name: 'on.py',
          command: ['/srv/shop/hooks/on.py', '--fast'],
          cwd: '/srv/shop/hooks',
          timeout: 30_000,
        },
      ],
    })
  })

  test.each([
    ['{ webhooks: [{ url: "http://a/1" }, { url: "http://a/2" }] }', 'there are two called a'],
    ['{ webhooks: [{ url: "http://a", kinds: [exits] }] }', 'exit'],
    ['{ webhooks: [{ url: "ftp://a" }] }', 'it is not an address'],
    ['{ listeners: [{ kinds: [exit] }] }', 'command'],
  ])('%s is refused: %s', (yaml, message) => {
    expect(() => outlets(yaml)).toThrow(message)
  })
})
