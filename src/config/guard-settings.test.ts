import { describe, expect, test } from 'vitest'
import { PROGRAM_DEFAULTS } from '../model/program-spec.ts'
import { SPEC_DEFAULTS } from '../model/service-spec.ts'
import { parseSpec } from './parse-spec.ts'

const parse = (settings: object) =>
  parseSpec({ name: 'a', command: '/bin/a', ...settings }, 'the test')

describe('a service needs no guard', () => {
  test.each<[string, object]>([
    ['that says nothing', {}],
    [
      'for what every manager knows of restarts',
      { restart: { when: 'always', delay: 5, limit: 'none' } },
    ],
    ['for settings that are taken back', { ready: false, health: false, heartbeat: false }],
    ['for limits', { limits: { memory: '1G', cpu: '50%' } }],
  ])('%s', (_, settings) => {
    expect(parse(settings).guard).toBeNull()
  })
})

describe('a service needs its guard', () => {
  test.each<[object, string[]]>([
    [{ ready: { log: 'up' } }, ['ready']],
    [{ health: { exec: '/bin/check' } }, ['health']],
    [{ heartbeat: true }, ['heartbeat']],
    [{ startSeconds: 5 }, ['startSeconds']],
    [{ stop: { signal: 'SIGINT' } }, ['stop']],
    [{ reload: { signal: 'SIGHUP' } }, ['reload']],
    [{ restartAt: '@daily' }, ['restartAt']],
    [{ log: { format: 'json' } }, ['log']],
    [{ restart: { when: { codes: [1] } } }, ['restart.when']],
    [{ restart: { delay: 1, factor: 3, jitter: '5%' } }, ['restart.factor', 'restart.jitter']],
    [
      { restart: { strategy: 'immediate', immediate: 2 } },
      ['restart.strategy', 'restart.immediate'],
    ],
    [{ restart: { maxDelay: '1m' }, ready: { tcp: 80 } }, ['restart.maxDelay', 'ready']],
  ])('for %j', (settings, expected) => {
    expect(parse(settings).guard?.asked).toEqual(expected)
  })

  test('and what it leaves out is as in stead.yaml', () => {
    const { asked: _, ...guard } = parse({ health: { tcp: 80 } }).guard ?? { asked: [] }
    const { ready, heartbeat, stop, reload, restart, restartAt, startSeconds, log } =
      PROGRAM_DEFAULTS
    expect(guard).toMatchObject({
      ready,
      heartbeat,
      stop,
      reload,
      restart,
      restartAt,
      startSeconds,
    })
    expect(guard).toMatchObject({ log })
  })

  test('and a program of the SDK says itself when it is ready', () => {
    const { guard } = parse({ protocol: 'native', health: { tcp: 80 } })
    expect(guard?.ready).toEqual({ kind: 'notify' })
  })

  test('and stopTimeout is the time of its stop', () => {
    const { guard } = parse({ stopTimeout: '1m', health: { tcp: 80 } })
    expect(guard?.stop.map(({ wait }) => wait)).toEqual([60_000, 5_000])
  })

  test('and a file of its log stays as written until it is known where it is meant from', () => {
    expect(parse({ log: { file: 'a.log' } }).guard?.log.file).toBe('a.log')
  })

  test('and exits that only the guard tells apart are failures to the manager', () => {
    const { restart } = parse({ restart: { when: { codes: [1] } } })
    expect(restart).toEqual({ ...SPEC_DEFAULTS.restart, when: 'on-failure' })
  })
})

test('stop and stopTimeout are refused together', () => {
  expect(() => parse({ stop: { signal: 'SIGINT' }, stopTimeout: 5 })).toThrow(
    /stopTimeout: the steps of stop have times of their own/,
  )
})

test('a misspelt setting of the guard is told with the one that was meant', () => {
  expect(() => parse({ health: { tcp: 80, evry: 5 } })).toThrow(/did you mean every\?/)
})
