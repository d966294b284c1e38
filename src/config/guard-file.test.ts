// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of stead.yaml are written so
import { describe, expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { completeProgram, type GuardSpec, type ProgramSpec } from '../model/program-spec.ts'
import { parseGuardFile } from './guard-file.ts'

const env = { HOME: '/home/me', PORT: '9000', EMPTY: '', DOLLAR: '${HOME}' }

function parse(text: string): GuardSpec {
  return parseGuardFile({ path: '/srv/shop/stead.yaml', shownAs: 'stead.yaml', text, env })
}

/** The first service of a file whose service `web` has these settings. */
function web(settings: string): ProgramSpec {
  const indented = settings.replace(/^/gm, '    ')
  return parse(`services:\n  web:\n    command: /bin/web\n${indented}\n`).services[0] as ProgramSpec
}

const bare = completeProgram({ name: 'web', command: ['/bin/web'], cwd: '/srv/shop' })

test('a service that says nothing more has the defaults', () => {
  expect(web('')).toEqual(bare)
  expect(parse('services: { web: { command: /bin/web } }')).toEqual({
    project: 'shop',
    services: [bare],
    groups: [],
  })
})

test('the file of the introduction is read', () => {
  const spec = parse(`
services:
  db:
    command: [redis-server, --port, "6379"]
    ready: { tcp: "127.0.0.1:6379" }
  api:
    command: node server.js            # split like a shell would, but no shell runs
    cwd: ./api
    env: { PORT: "\${PORT:8080}" }
    dependsOn: { db: ready }
    restart: { when: on-failure, delay: 200ms, factor: 2, maxDelay: 30s, jitter: 10%, limit: 5/1m }
    health: { http: "http://127.0.0.1:\${PORT:8080}/healthz", every: 5s, timeout: 2s, failures: 3 }
    heartbeat: { every: 5s, misses: 3 }
    stop: [{ signal: SIGTERM, wait: 10s }, { signal: SIGKILL }]
    limits: { memory: 512M, cpu: 50%, openFiles: 4096 }
    log: { rotate: { size: 10M, keep: 7, compress: gzip } }
groups:
  all: { services: [db, api], strategy: rest_for_one, limit: 10/1m }
`)
  expect(spec.services[0]).toEqual({
    ...bare,
    name: 'db',
    command: ['redis-server', '--port', '6379'],
    ready: { kind: 'tcp', host: '127.0.0.1', port: 6379, every: 500, timeout: 2_000 },
  })
  expect(spec.services[1]).toEqual({
    ...bare,
    name: 'api',
    command: ['node', 'server.js'],
    cwd: '/srv/shop/api',
    env: { PORT: '9000' },
    dependsOn: { db: 'ready' },
    restart: {
      when: 'on-failure',
      strategy: 'exponential',
      immediate: 0,
      delay: 200,
      factor: 2,
      maxDelay: 30_000,
      jitter: 0.1,
      limit: { count: 5, window: 60_000 },
    },
    health: {
      kind: 'http',
      url: 'http://127.0.0.1:9000/healthz',
      every: 5_000,
      timeout: 2_000,
      failures: 3,
      startPeriod: 0,
    },
    heartbeat: { every: 5_000, misses: 3, forward: null },
    limits: { ...bare.limits, memory: 512 * 1024 * 1024, cpu: 50, openFiles: 4_096 },
    log: { ...bare.log, rotate: { ...bare.log.rotate, compress: 'gzip' } },
  })
  expect(spec.groups).toEqual([
    {
      name: 'all',
      services: ['db', 'api'],
      strategy: 'rest_for_one',
      limit: { count: 10, window: 60_000 },
    },
  ])
})

test.each<[string, Partial<ProgramSpec>]>([
  ['restart: always', { restart: { ...bare.restart, when: 'always' } }],
  ['restart: no', { restart: { ...bare.restart, when: 'no' } }],
  [
    'restart: { when: { codes: [1, 75], signals: [segv] } }',
    { restart: { ...bare.restart, when: { codes: [1, 75], signals: ['SIGSEGV'] } } },
  ],
  ['restart: { delay: 1s }', { restart: { ...bare.restart, immediate: 0, delay: 1_000 } }],
  [
    'restart: { delay: 2m, immediate: 3, limit: none, jitter: 0.25 }',
    {
      restart: {
        ...bare.restart,
        immediate: 3,
        delay: 120_000,
        maxDelay: 120_000,
        limit: null,
        jitter: 0.25,
      },
    },
  ],
  ['ready: { tcp: 6379 }', { ready: { ...tcp('127.0.0.1', 6_379), every: 500, timeout: 2_000 } }],
  [
    'ready: { tcp: "[::1]:80", every: 1s }',
    { ready: { ...tcp('::1', 80), every: 1_000, timeout: 2_000 } },
  ],
  [
    'ready: { http: "http://unix:/run/web.sock:/healthz" }',
    {
      ready: {
        kind: 'http',
        url: 'http://unix:/run/web.sock:/healthz',
        every: 500,
        timeout: 2_000,
      },
    },
  ],
  ['ready: { log: "^ready$" }', { ready: { kind: 'log', pattern: '^ready$' } }],
  ['ready: { descriptor: 3 }', { ready: { kind: 'descriptor', fd: 3 } }],
  ['ready: { notify: true }', { ready: { kind: 'notify' } }],
  ['protocol: native', { protocol: 'native', ready: { kind: 'notify' } }],
  ['protocol: native\nready: false', { protocol: 'native' }],
  ['heartbeat: true', { heartbeat: { every: 5_000, misses: 3, forward: null } }],
  ['heartbeat: false', {}],
  ['umask: "027"\nnice: -5', { umask: 0o27, nice: -5 }],
  [
    'user: 1000\ngroup: www\nsupplementaryGroups: []',
    { user: '1000', group: 'www', supplementaryGroups: [] },
  ],
  ['restartAt: "0 4 * * *"', { restartAt: ['0 4 * * *'] }],
  ['restartAt: ["@daily", "*/5 * * * * *"]', { restartAt: ['@daily', '*/5 * * * * *'] }],
  ['reload: { signal: HUP }', { reload: { kind: 'signal', signal: 'SIGHUP' } }],
  ['reload: restart', {}],
  ['instances: ${N:3}\nautostart: ${A:false}', { instances: 3, autostart: false }],
  ['envFile: ./.env', { envFile: '/srv/shop/.env' }],
  [
    'env: { VERSION: 1.10, HEX: 0x10, ON: True }',
    { env: { VERSION: '1.10', HEX: '0x10', ON: 'True' } },
  ],
  [
    'env: { A: "$$${HOME}", B: $HOME, C: "${EMPTY}${X:}", D: "${DOLLAR}" }',
    { env: { A: '$/home/me', B: '$HOME', C: '', D: '${HOME}' } },
  ],
  ['limits: { memory: none, coreSize: 0 }', { limits: { ...bare.limits, coreSize: 0 } }],
  [
    'type: job\nstartSeconds: 0\nstartTimeout: 5',
    { type: 'job', startSeconds: 0, startTimeout: 5_000 },
  ],
])('%j', (settings, expected) => {
  expect(web(settings)).toEqual({ ...bare, ...expected })
})

function tcp(host: string, port: number) {
  return { kind: 'tcp', host, port } as const
}

describe('stop', () => {
  const kill = { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 5_000 }

  test('the short form is a signal, and SIGKILL after a time', () => {
    expect(web('stop: { timeout: 3s, signal: int }').stop).toEqual([
      { action: { kind: 'signal', signal: 'SIGINT', to: 'leader' }, wait: 3_000 },
      kill,
    ])
  })

  test('SIGKILL to the tree ends steps that have none', () => {
    const { stop } = web('stop: [{ command: web --quit, wait: 1s }, { signal: TERM, to: group }]')
    expect(stop).toEqual([
      { action: { kind: 'command', command: ['web', '--quit'] }, wait: 1_000 },
      { action: { kind: 'signal', signal: 'SIGTERM', to: 'group' }, wait: 10_000 },
      kill,
    ])
  })

  test('SIGKILL that is written is not sent twice', () => {
    expect(web('stop: [{ signal: SIGKILL }]').stop).toEqual([kill])
  })
})

test('a relative program is meant from where it starts', () => {
  const { services } = parse(
    'services: { a: { command: ./run x, cwd: sub }, b: { command: node } }',
  )
  expect(services.map(({ command }) => command)).toEqual([['/srv/shop/sub/run', 'x'], ['node']])
})

test('defaults hold for every service unless it says otherwise', () => {
  const { services } = parse(`
defaults:
  env: { A: 1, B: 2 }
  restart: { delay: 1s, limit: none }
  heartbeat: true
  log: { format: json, rotate: { keep: 3 } }
services:
  a: { command: a, env: { B: 3 }, restart: always, log: { rotate: { size: none } } }
  b: { command: b, heartbeat: false }
`)
  const restart = { ...bare.restart, immediate: 0, delay: 1_000, limit: null }
  const rotate = { ...bare.log.rotate, keep: 3 }
  const log = { ...bare.log, format: 'json' as const, rotate }
  expect(services).toEqual([
    {
      ...bare,
      name: 'a',
      command: ['a'],
      env: { A: '1', B: '3' },
      restart: { ...restart, when: 'always' },
      heartbeat: { every: 5_000, misses: 3, forward: null },
      log: { ...log, rotate: { ...rotate, size: null } },
    },
    { ...bare, name: 'b', command: ['b'], env: { A: '1', B: '2' }, restart, log },
  ])
})

test('merge keys and anchors stand for what they name', () => {
  const text = 'services:\n  a: &a { command: a, nice: 3 }\n  b: { <<: *a, command: b }\n'
  expect(parse(text).services.map(({ nice, command }) => [command[0], nice])).toEqual([
    ['a', 3],
    ['b', 3],
  ])
})

test('a list of dependencies asks for readiness where there is a check of it', () => {
  const { services } = parse(`
services:
  a: { command: a, dependsOn: [b, c, d] }
  b: { command: b, ready: { tcp: 1 } }
  c: { command: c }
  d: { command: d, protocol: native }
`)
  expect(services[0]?.dependsOn).toEqual({ b: 'ready', c: 'started', d: 'ready' })
})

test('a byte order mark and line ends of Windows are taken', () => {
  expect(parse('\uFEFFservices:\r\n  web:\r\n    command: /bin/web\r\n').services).toEqual([bare])
})

test.each([
  ['/srv/My Shop!', 'My-Shop'],
  ['/', 'stead'],
  ['/srv/con', 'stead'],
])('in %j the project is called %j', (directory, project) => {
  const text = 'services: { a: { command: a } }'
  expect(parseGuardFile({ path: `${directory}/stead.yaml`, text, env: {} }).project).toBe(project)
})

test('L09 a chain of a thousand services is read at once, and its circle found', () => {
  const chain = (last: string): string =>
    `services:\n${Array.from({ length: 1_000 }, (_, i) => `  s${i}: { command: x, dependsOn: [${i === 999 ? last : `s${i + 1}`}] }`).join('\n')}`
  expect(parse(chain('')).services).toHaveLength(1_000)
  try {
    parse(chain('s500'))
    expect.unreachable()
  } catch (error) {
    if (!isSteadError(error, 'GUARD_FILE_INVALID')) throw error
    expect(error.params.problems).toHaveLength(1)
    expect(error.params.problems[0]).toMatch(/circle: s500 → s501 → .* → s999 → s500/)
  }
})
