import { describe, expect, test } from 'vitest'
import { parseSpec } from '../config/parse-spec.ts'
import { homeOf } from '../model/home.ts'
import { programOf, serviceOfGuard } from './guard-unit.ts'

const home = homeOf({
  platform: 'linux',
  scope: 'system',
  env: {},
  userHome: '/root',
  root: '/opt/home',
})
const spec = parseSpec(
  {
    name: 'api',
    command: '/bin/api --port 80',
    config: '/etc/api.conf',
    env: { A: 'b' },
    envFile: '/etc/api.env',
    user: 'daemon',
    dependsOn: ['db'],
    startType: 'auto',
    startTimeout: '20s',
    limits: { memory: '1G' },
    stop: [{ signal: 'SIGINT', wait: '30s' }],
    restart: { factor: 3 },
  },
  'the test',
)

describe('the service of a guard', () => {
  const unit = serviceOfGuard(spec, ['/bin/node', '/lib/stead.js'], 'user')

  test('is stead, by whole paths, and speaks the protocol', () => {
    expect([unit.file, ...unit.args]).toEqual(
      '/bin/node /lib/stead.js run api --scope user'.split(' '),
    )
    expect(unit.protocol).toBe('native')
  })

  test('starts when and after what the program was to', () => {
    expect(unit).toMatchObject({ name: 'api', startType: 'auto', dependsOn: ['db'] })
  })

  test('has time for every step of the stop, and for the start', () => {
    expect(unit.stopTimeout).toBeGreaterThan(30_000 + 5_000)
    expect(unit.startTimeout).toBeGreaterThan(20_000)
  })

  test('has time for what the program needs', () => {
    const patience = (needsTimeout: string) => {
      const needy = { name: 'a', command: '/bin/a', needs: [{ tcp: 80 }], needsTimeout }
      return serviceOfGuard(parseSpec(needy, 'the test'), ['/bin/node'], 'user').startTimeout
    }
    expect(patience('10m')).toBeGreaterThan(600_000 + 90_000)
    expect(patience('none')).toBeGreaterThan(365 * 24 * 3_600_000)
  })

  test('has nothing of the program: not its account, its variables, its limits', () => {
    expect(unit).toMatchObject({ user: null, env: {}, envFile: null, guard: null })
    expect(Object.values(unit.limits)).toEqual([null, null, null, null])
  })
})

describe('the program of a guard', () => {
  test('is what was asked for', () => {
    expect(programOf(spec, home, '/')).toMatchObject({
      name: 'api',
      command: ['/bin/api', '--port', '80'],
      cwd: '/',
      env: { A: 'b', STEAD_SERVICE: 'api', STEAD_CONFIG: '/etc/api.conf', STEAD_HOME: '/opt/home' },
      envFile: '/etc/api.env',
      user: 'daemon',
      startTimeout: 20_000,
      limits: { memory: 1024 ** 3, cpu: null },
      restart: { factor: 3, when: 'on-failure' },
      autostart: true,
      instances: 1,
      type: 'service',
    })
  })

  test('gets what this start was given, after its own arguments', () => {
    const { command } = programOf(spec, home, '/', ['--verbose', ''])
    expect(command).toEqual(['/bin/api', '--port', '80', '--verbose', ''])
  })

  test('has to send heartbeats where a watchdog was asked for', () => {
    const watched = { ...spec, watchdog: 5_000 }
    expect(programOf(watched, home, '/').heartbeat).toMatchObject({ every: 5_000, misses: 1 })
    expect(programOf(spec, home, '/').heartbeat).toBeNull()
  })

  test('of a plain service restarts and stops as its manager would', () => {
    const plain = parseSpec(
      { name: 'a', command: '/bin/a', restart: { when: 'always', delay: 200 }, stopTimeout: 7 },
      'the test',
    )
    const program = programOf(plain, home, '/')
    expect(program.restart).toMatchObject({ when: 'always', factor: 1, immediate: 0, jitter: 0 })
    expect(program.restart.limit).toEqual(plain.restart.limit)
    expect(program.stop[0]?.wait).toBe(7_000)
    expect(program.startSeconds).toBe(0)
  })
})
