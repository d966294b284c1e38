import { expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { parseGuardFile } from './guard-file.ts'

function problemsOf(settings: object, more: object = {}, onWindows = true): readonly string[] {
  const text = JSON.stringify({ services: { api: { command: 'api.exe', ...settings } }, ...more })
  try {
    parseGuardFile({ path: '/srv/stead.yaml', text, env: {}, onWindows })
    return []
  } catch (error) {
    if (isSteadError(error, 'GUARD_FILE_INVALID')) return error.params.problems
    throw error
  }
}

test.each<[string, object]>([
  ['protocol', { protocol: 'native' }],
  ['user', { user: 'deploy' }],
  ['umask', { umask: '027' }],
  ['nice', { nice: 5 }],
  ['limits.openFiles', { limits: { openFiles: 4096 } }],
  ['limits.coreSize', { limits: { coreSize: 0 } }],
  ['cgroup', { cgroup: true }],
  ['ready', { ready: { notify: true } }],
  ['log.whenFull', { log: { whenFull: 'drop' } }],
  ['log.sinks', { log: { sinks: ['journald'] } }],
  ['windows.killOnClose', { windows: { killOnClose: false } }],
  ['sockets', { sockets: { http: { tcp: '127.0.0.1:8080' } } }],
  ['fdStoreMax', { fdStoreMax: 2 }],
])('S10 on Windows %s is refused by its name, with what to do instead', (setting, settings) => {
  const [problem, ...others] = problemsOf(settings)
  expect(others).toEqual([])
  expect(problem).toContain(`services.api.${setting}`)
  expect(problem).toMatch(/a guard on Windows has it not; \w/)
})

test('S10 on Windows rules for users are refused, as nobody but administrators can connect', () => {
  const access = [{ role: 'viewer', users: ['alice'] }]
  expect(problemsOf({}, { access })[0]).toMatch(/access\.0: .*controlTcp/)
})

test('what Windows has is taken, a program that outlives its guard too where it writes its log itself', () => {
  const direct = { log: { format: 'direct' }, windows: { killOnClose: false } }
  expect(problemsOf(direct)).toEqual([])
  expect(problemsOf({ limits: { memory: '64M', processes: 4 }, ready: { log: 'up' } })).toEqual([])
})

test('a file that is only looked at is refused nothing of either system', () => {
  const text = JSON.stringify({
    services: { api: { command: 'api', nice: 5, windows: { priority: 'high' } } },
  })
  expect(parseGuardFile({ path: '/srv/stead.yaml', text, env: {} }).services).toHaveLength(1)
})
