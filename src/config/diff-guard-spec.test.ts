import { expect, test } from 'vitest'
import { completeProgram, type GuardSpec, type ProgramSpec } from '../model/program-spec.ts'
import { diffGuardSpecs, IN_PLACE } from './diff-guard-spec.ts'
import { fingerprintOf, needRestart, settingsBetween } from './fingerprint.ts'

const web = completeProgram({ name: 'web', command: ['/bin/web'], cwd: '/srv' })

function guard(...services: ProgramSpec[]): GuardSpec {
  return { project: 'shop', services, groups: [] }
}

/** What happens to `web` when `settings` of it change. */
function change(settings: Partial<ProgramSpec>, old = web): readonly [string, readonly string[]] {
  const next = { ...old, ...settings }
  const [found] = diffGuardSpecs(guard(old), guard(next))
  // What a guard has written down of the old one has to say the same.
  const told = settingsBetween(fingerprintOf(old), fingerprintOf(next))
  expect(needRestart(told)).toBe(found?.action === 'restart')
  expect(told).toEqual(expect.arrayContaining([...(found?.settings ?? [])]))
  return [found?.action ?? '', found?.settings ?? []]
}

test('a service that is the same is left alone, whatever order its settings are in', () => {
  const old = { ...web, env: { A: '1', B: '2' } }
  expect(change({ env: { B: '2', A: '1' } }, old)).toEqual(['nothing', []])
})

test('services come in the order of the new file, then those that are gone', () => {
  const named = (name: string): ProgramSpec => ({ ...web, name })
  expect(
    diffGuardSpecs(guard(named('a'), named('b'), named('c')), guard(named('d'), named('b'))),
  ).toEqual([
    { service: 'd', action: 'add', settings: [] },
    { service: 'b', action: 'nothing', settings: [] },
    { service: 'a', action: 'remove', settings: [] },
    { service: 'c', action: 'remove', settings: [] },
  ])
})

test('L07 a new name is another service', () => {
  const changes = diffGuardSpecs(guard(web), guard({ ...web, name: 'site' }))
  expect(changes.map(({ service, action }) => `${action} ${service}`)).toEqual([
    'add site',
    'remove web',
  ])
})

test('L07 two services that swap their commands are both started anew', () => {
  const one = { ...web, name: 'one', command: ['a'] as [string] }
  const two = { ...web, name: 'two', command: ['b'] as [string] }
  const swapped = guard({ ...one, command: ['b'] }, { ...two, command: ['a'] })
  expect(diffGuardSpecs(guard(one, two), swapped).map(({ action }) => action)).toEqual([
    'restart',
    'restart',
  ])
})

/** Another value for every setting. */
const OTHER: {
  [K in Exclude<keyof ProgramSpec, 'name' | 'limits' | 'log' | 'windows'>]: ProgramSpec[K]
} = {
  description: 'x',
  parameters: [
    {
      ...{ name: 'rate', type: 'integer', description: null, default: 1, min: null, max: null },
      ...{ values: [], env: null, apply: { kind: 'start' } },
    },
  ],
  fdStoreMax: 3,
  sockets: [{ name: 'x', address: { kind: 'tcp', host: '::', port: 80 }, backlog: 1 }],
  labels: { a: 'b' },
  command: ['/bin/other'],
  protocol: 'native',
  cwd: '/',
  env: { A: 'b' },
  envFile: '/x',
  user: 'www',
  group: 'www',
  supplementaryGroups: [],
  umask: 0o27,
  nice: 1,
  cgroup: true,
  type: 'job',
  autostart: false,
  instances: 2,
  dependsOn: { db: 'ready' },
  needs: [{ kind: 'dns', name: 'db', timeout: 1 }],
  needsTimeout: null,
  restart: { ...web.restart, delay: 1 },
  startSeconds: 1,
  startTimeout: 1,
  ready: { kind: 'notify' },
  health: { kind: 'tcp', host: 'x', port: 1, every: 1, timeout: 1, failures: 1, startPeriod: 1 },
  heartbeat: { every: 1, misses: 1, forward: null },
  stop: [],
  reload: { kind: 'signal', signal: 'SIGHUP' },
  reloadOn: ['/etc/a.conf'],
  restartAt: ['@daily'],
}

test.each(Object.keys(OTHER) as (keyof typeof OTHER)[])('a change of %s', (key) => {
  const expected = IN_PLACE.has(key) ? 'in-place' : 'restart'
  expect(change({ [key]: OTHER[key] })).toEqual([expected, [key]])
})

test.each([
  ['memory', 'in-place'],
  ['cpu', 'in-place'],
  ['openFiles', 'restart'],
  ['processes', 'restart'],
  ['coreSize', 'restart'],
])('a change of limits.%s is %s', (key, action) => {
  expect(change({ limits: { ...web.limits, [key]: 9_999 } })).toEqual([action, [`limits.${key}`]])
})

test.each<[Partial<ProgramSpec['log']>, string, string]>([
  [{ format: 'json' }, 'in-place', 'log.format'],
  [{ format: 'direct' }, 'restart', 'log.format'],
  [{ format: 'off' }, 'restart', 'log.format'],
  [{ encoding: 'gbk' }, 'in-place', 'log.encoding'],
  [{ file: '/x' }, 'restart', 'log.file'],
  [{ rotate: { ...web.log.rotate, keep: 1 } }, 'in-place', 'log.rotate'],
  [{ whenFull: 'drop' }, 'in-place', 'log.whenFull'],
  [{ buffer: 1 }, 'in-place', 'log.buffer'],
  [{ severity: { stdout: 1, stderr: 1 } }, 'in-place', 'log.severity'],
])('a log with %j is %s', (settings, action, name) => {
  expect(change({ log: { ...web.log, ...settings } })).toEqual([action, [name]])
})

test('one setting that needs a restart decides for all, and all are named', () => {
  expect(change({ nice: 3, description: 'x' })).toEqual(['restart', ['description', 'nice']])
})

test('a fingerprint leaves defaults out, so that a setting of a later version changes nothing, and tells no value', () => {
  const secret = fingerprintOf({ ...web, env: { TOKEN: 'hunter2' } })
  expect(Object.keys(secret).sort()).toEqual(['command', 'cwd', 'env'])
  for (const digest of Object.values(secret)) expect(digest).toMatch(/^[0-9a-f]{8}$/)
})
