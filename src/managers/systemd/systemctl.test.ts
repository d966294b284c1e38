import { describe, expect, test } from 'vitest'
import type { CommandResult, CommandRunner } from '../../model/ports/command-runner.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import { systemctl } from './systemctl.ts'

const ended = (code: number, stdout = '', stderr = ''): CommandResult => ({
  exit: { kind: 'code', code },
  timedOut: false,
  stdout,
  stderr,
})

/** A systemctl that answers what it is told to: an old one, and one that hangs, cannot be had here. */
function fake(answer: (args: readonly string[]) => CommandResult, privileged = true) {
  const calls: (readonly string[])[] = []
  const runner: Pick<CommandRunner, 'run'> = {
    async run(_, args) {
      calls.push(args)
      return answer(args)
    },
  }
  const files: Pick<FileSystem, 'facts'> = {
    facts: async () => ({ kind: 'directory', mode: 0o755, uid: 0, size: 0 }),
  }
  const accounts: Pick<Accounts, 'isPrivileged'> = { isPrivileged: () => privileged }
  const ctl = systemctl({
    scope: 'system',
    env: {},
    runner: runner as CommandRunner,
    files: files as FileSystem,
    accounts: accounts as Accounts,
  })
  return { ctl, calls }
}

describe('systemctl', () => {
  test('never asks for a password, never pages, and names units after --', async () => {
    const { ctl, calls } = fake(() => ended(0, 'Id=a.service\n'))
    await ctl.show(['a'])
    expect(calls[0]).toEqual(expect.arrayContaining(['--no-ask-password', '--no-pager']))
    expect(calls[0]?.slice(-2)).toEqual(['--', 'a.service'])
  })

  test('of before 248 is asked again without the option it does not know, and once only', async () => {
    const old = (args: readonly string[]): CommandResult =>
      args.includes('--timestamp=us+utc') ? ended(1, '', 'unknown') : ended(0, 'Id=a.service\n')
    const { ctl, calls } = fake(old)
    expect(await ctl.show(['a'])).toHaveLength(1)
    expect(await ctl.show(['a'])).toHaveLength(1)
    expect(calls).toHaveLength(3)
  })

  test('that reaches no bus is MANAGER_UNAVAILABLE, with its own words', async () => {
    const { ctl } = fake(() => ended(1, '', 'Failed to connect to bus: Connection refused\nmore'))
    await expect(ctl.require()).rejects.toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
      message: expect.stringMatching(/Connection refused$/),
    })
  })

  test('that is not there is MANAGER_UNAVAILABLE', async () => {
    const missing: CommandResult = {
      ...ended(0),
      exit: { kind: 'spawn-error', errno: 'ENOENT' },
    }
    await expect(fake(() => missing).ctl.require()).rejects.toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
      message: expect.stringMatching(/ENOENT/),
    })
  })

  test('that hangs is MANAGER_TIMEOUT, with what it should have done', async () => {
    const hung: CommandResult = {
      ...ended(0),
      exit: { kind: 'signal', signal: 'SIGKILL' },
      timedOut: true,
    }
    const { ctl } = fake(() => hung)
    await expect(ctl.require()).rejects.toMatchObject({ code: 'MANAGER_TIMEOUT' })
    await expect(ctl.must('enable a', ['enable'], 5_000)).rejects.toMatchObject({
      code: 'MANAGER_TIMEOUT',
      message: expect.stringMatching(/enable a within 5 s/),
    })
  })

  test.each([
    [4, false, 'RIGHTS'],
    [4, true, 'MANAGER_FAILED'],
    [1, false, 'MANAGER_FAILED'],
  ])('that ends with %i, privileged: %s, is %s', async (code, privileged, expected) => {
    const { ctl } = fake(() => ended(code, '', 'no'), privileged)
    await expect(ctl.must('enable a', ['enable'])).rejects.toMatchObject({ code: expected })
  })
})
