import { describe, expect, test } from 'vitest'
import { homeOf } from '../../model/home.ts'
import type { CommandResult } from '../../model/ports/command-runner.ts'
import { type SystemdPorts, systemdManager } from './systemd-manager.ts'

type Answer = Partial<CommandResult> & { code?: number }

const home = homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '/root', root: null })

/**
 * A systemd that is told what to answer, for what the container does not have: a polkit rule that
 * lets a user act, and jobs that hang. Each `show` takes the next of `states`, and the last for ever.
 */
function fake(
  states: readonly string[],
  verb: (args: readonly string[], call: number) => Answer,
  privileged: boolean,
) {
  const verbs: (readonly string[])[] = []
  let shown = 0
  let slept = 0
  const answer = ({ code = 0, ...rest }: Answer): CommandResult => ({
    exit: { kind: 'code', code },
    timedOut: false,
    stdout: '',
    stderr: '',
    ...rest,
  })
  const ports = {
    scope: 'system',
    home,
    env: {},
    files: {
      facts: async () => ({ kind: 'directory', mode: 0o755, uid: 0, size: 0 }),
      readText: async () => null,
    },
    runner: {
      async run(file: string, args: readonly string[]) {
        if (file !== 'systemctl' || args.includes('reset-failed')) return answer({ code: 1 })
        if (!args.includes('show')) {
          verbs.push(args)
          return answer(verb(args, verbs.length))
        }
        const state = states[Math.min(shown++, states.length - 1)] as string
        return answer({ stdout: `Id=a.service\nLoadState=loaded\n${state.replaceAll(' ', '\n')}` })
      },
    },
    clock: {
      monotonic: () => slept,
      wall: () => new Date(0),
      async sleep(milliseconds: number) {
        slept += milliseconds
      },
    },
    accounts: { isPrivileged: () => privileged },
    processes: {},
  } as unknown as SystemdPorts
  return { manager: systemdManager(ports), verbs }
}

const STOPPED = 'ActiveState=inactive SubState=dead TimeoutStartUSec=1s TimeoutStopUSec=1s'
const STARTING = 'ActiveState=activating SubState=start Job=7 TimeoutStartUSec=1s'
const RUNNING = 'ActiveState=active SubState=running'
const FAILED = 'ActiveState=failed SubState=failed Result=exit-code ExecMainCode=1 ExecMainStatus=9'

describe('S08 a user whom a polkit rule lets act', () => {
  test('starts a service, and waits until its job is done', async () => {
    const { manager, verbs } = fake([STOPPED, STARTING, STARTING, RUNNING], () => ({}), false)
    await manager.start('a')
    expect(verbs.map((args) => args.slice(-4))).toEqual([
      ['start', '--no-block', '--', 'a.service'],
    ])
  })

  test('is told when the service failed, not that a right is missing', async () => {
    const { manager } = fake([STOPPED, STARTING, FAILED], () => ({}), false)
    await expect(manager.start('a')).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(/code 9/),
    })
  })

  test('and one whom none lets is told which right is missing', async () => {
    const { manager } = fake([STOPPED], () => ({ code: 1, stderr: 'whatever it says' }), false)
    await expect(manager.start('a')).rejects.toMatchObject({ code: 'RIGHTS' })
  })
})

describe('a wait', () => {
  const hung: Answer = { timedOut: true, exit: { kind: 'signal', signal: 'SIGKILL' } }

  test('S02 goes on while a service that asked for more time is still starting', async () => {
    const answers = (_: readonly string[], call: number): Answer => (call < 3 ? hung : {})
    const { manager, verbs } = fake([STOPPED, STARTING, STARTING, RUNNING], answers, true)
    await manager.start('a')
    expect(verbs).toHaveLength(3)
  })

  test('ends with MANAGER_TIMEOUT when systemd does not even begin', async () => {
    const { manager } = fake([STOPPED, `${STOPPED} Job=7`], () => hung, true)
    await expect(manager.start('a')).rejects.toMatchObject({
      code: 'MANAGER_TIMEOUT',
      message: expect.stringMatching(/start a/),
    })
  })

  test('ends when the job was done although systemctl hung', async () => {
    const { manager } = fake([STOPPED, RUNNING], () => hung, true)
    await manager.start('a')
  })
})

test('arguments for one start are refused: systemd has no place for them', async () => {
  const { manager, verbs } = fake([STOPPED], () => ({}), true)
  await expect(manager.start('a', ['x'])).rejects.toMatchObject({ code: 'VERB_UNSUPPORTED' })
  expect(verbs).toEqual([])
})
