import { describe, expect, test } from 'vitest'
import { completeProgram } from '../model/program-spec.ts'
import { newInstance } from './instance.ts'
import { commandRequest, inheritable, launcher } from './launch.ts'

const launch = launcher({
  guardId: 'abc',
  socket: '/run/control.sock',
  environment: { PATH: '/bin', LANG: 'C' },
  readEnvFile: (path) => ({ FROM: path, LANG: 'de' }),
  openSockets: (_service, sockets) => sockets.map(({ name }, at) => ({ name, fd: 20 + at })),
  parameters: () => ({ STEAD_PARAMETERS: '/run/parameters/web' }),
  accountOf: (user) => (user === 'www' ? { name: 'www', home: '/srv/www', shell: '' } : null),
})
const means = {
  env: { NOTIFY_SOCKET: '/run/n' },
  descriptors: new Map([[5, { kind: 'fifo', path: '/f' } as const]]),
}

function instance(settings: Parameters<typeof completeProgram>[0] | object) {
  return newInstance(
    'api',
    2,
    completeProgram({ name: 'api', command: ['api', 'x y'], cwd: '/srv', ...settings }),
    '',
  )
}

describe('a launch', () => {
  test('P07 has the environment in its order: inherited, env file, spec, means, marks', () => {
    const { env } = launch(instance({ envFile: '/e', env: { LANG: 'fr', A: '' } }), 7, means)
    expect(env).toEqual({
      PATH: '/bin',
      LANG: 'fr',
      FROM: '/e',
      A: '',
      NOTIFY_SOCKET: '/run/n',
      STEAD_GUARD: 'abc',
      STEAD_SERVICE: 'api',
      STEAD_INSTANCE: '2',
      STEAD_PARAMETERS: '/run/parameters/web',
      STEAD_INCARNATION: 'abc.api.2.7',
      STEAD_SOCKET: '/run/control.sock',
    })
  })

  test('P07 with a user of its own has that home, unless the spec says another', () => {
    const { env } = launch(instance({ user: 'www', env: { LOGNAME: 'me' } }), 1, means)
    expect(env).toMatchObject({ HOME: '/srv/www', USER: 'www', LOGNAME: 'me' })
    expect(env).not.toHaveProperty('SHELL')
    expect(launch(instance({ user: '4711' }), 1, means).env).not.toHaveProperty('HOME')
  })

  test('has its sockets from descriptor 3 on, and is told which they are', () => {
    const address = { kind: 'tcp', host: '::', port: 80 } as const
    const sockets = ['http', 'admin'].map((name) => ({ name, address, backlog: 1 }))
    const { env, stdio, pidVariable } = launch(instance({ sockets }), 1, {
      env: {},
      descriptors: new Map(),
    })
    expect(env).toMatchObject({ LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:admin' })
    expect(stdio.slice(3)).toEqual([
      { kind: 'fd', fd: 20 },
      { kind: 'fd', fd: 21 },
    ])
    expect(pidVariable).toBe('LISTEN_PID')
    const command = commandRequest(launch, instance({ sockets }), ['true'])
    expect(command.stdio).toHaveLength(3)
    expect(command).not.toHaveProperty('pidVariable')
    expect(command.env).not.toHaveProperty('LISTEN_FDS')
  })

  test('P09 gives arguments as they are, the program being the first', () => {
    const { file, args, cwd } = launch(instance({}), 1, means)
    expect([file, args, cwd]).toEqual(['api', ['api', 'x y'], '/srv'])
  })

  test('P07 declares every descriptor: what lies between is /dev/null', () => {
    const { stdio } = launch(instance({}), 1, means)
    expect(stdio).toEqual(
      [0, 1, 2, 3, 4].map(() => ({ kind: 'null' })).concat([{ kind: 'fifo', path: '/f' } as never]),
    )
  })

  test('limits that are not declared are not set', () => {
    const { limits } = completeProgram({ name: 'a', command: ['a'], cwd: '/' })
    expect(launch(instance({ limits: { ...limits, openFiles: 64 } }), 1, means).rlimits).toEqual({
      openFiles: 64,
    })
  })

  test('a command of a service is no part of its tree, and knows the pid', () => {
    const one = instance({ env: { A: '1' } })
    one.state = { ...one.state, pid: 77 }
    const { file, args, env } = commandRequest(launch, one, ['stop-it', '-x'])
    expect([file, args]).toEqual(['stop-it', ['stop-it', '-x']])
    expect(env).toMatchObject({ A: '1', STEAD_PID: '77', STEAD_SERVICE: 'api' })
    expect(env).not.toHaveProperty('STEAD_INCARNATION')
    expect(env).not.toHaveProperty('STEAD_GUARD')
  })

  test('a program does not inherit what was said to the guard', () => {
    expect(
      inheritable({
        PATH: '/bin',
        NOTIFY_SOCKET: '/x',
        STEAD_HOME: '/y',
        LISTEN_FDS: '1',
        NONE: undefined,
      }),
    ).toEqual({ PATH: '/bin' })
  })
})
