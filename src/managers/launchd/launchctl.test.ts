import { describe, expect, test } from 'vitest'
import { scriptedRunner } from '../../../test/fakes/command-runner.ts'
import { isSteadError } from '../../errors.ts'
import { domains } from './domains.ts'
import { launchctl } from './launchctl.ts'

describe('launchctl', () => {
  test('is called by its path, with the verbs that act on one domain', async () => {
    const runner = scriptedRunner(() => 0)
    const control = launchctl(runner)
    await control.bootstrap('system', '/a b.plist')
    await control.kickstart('system/web')
    await control.kill('system/web', 'SIGHUP')
    await control.bootout('system/web')
    await control.print('system/web')
    expect(runner.calls).toEqual([
      ['/bin/launchctl', 'bootstrap', 'system', '/a b.plist'],
      ['/bin/launchctl', 'kickstart', '-p', 'system/web'],
      ['/bin/launchctl', 'kill', 'SIGHUP', 'system/web'],
      ['/bin/launchctl', 'bootout', 'system/web'],
      ['/bin/launchctl', 'print', 'system/web'],
    ])
  })

  test.each([
    [0, 'done'],
    [3, 'absent'],
    [36, 'busy'],
    [37, 'busy'],
    [112, 'absent'],
    [113, 'absent'],
    [125, 'absent'],
  ])('code %i is an answer: %s', async (code, answer) => {
    expect(await launchctl(scriptedRunner(() => code)).bootout('system/web')).toBe(answer)
  })

  test.each([
    [1, 'RIGHTS'],
    [13, 'RIGHTS'],
    [5, 'MANAGER_FAILED'],
    [64, 'MANAGER_FAILED'],
  ])('code %i is an error: %s', async (code, expected) => {
    const control = launchctl(scriptedRunner(() => code))
    const error = await control.bootstrap('system', '/x.plist').catch((thrown: unknown) => thrown)
    expect(isSteadError(error) && error.code).toBe(expected)
  })

  test('a failure has the number and the first line that launchctl printed', async () => {
    const control = launchctl(
      scriptedRunner(() => ({
        exit: { kind: 'code', code: 5 },
        stderr: 'Bootstrap failed: 5: Input/output error\nTry again\n',
      })),
    )
    await expect(control.bootstrap('system', '/x.plist')).rejects.toThrow(
      'launchd could not bootstrap system /x.plist: code 5: Bootstrap failed: 5: Input/output error',
    )
  })

  test('no launchctl and no answer are errors of their own', async () => {
    const absent = launchctl(
      scriptedRunner(() => ({ exit: { kind: 'spawn-error', errno: 'ENOENT' } })),
    )
    await expect(absent.print('system')).rejects.toMatchObject({ code: 'MANAGER_UNAVAILABLE' })
    const hanging = launchctl(
      scriptedRunner(() => ({ exit: { kind: 'signal', signal: 'SIGKILL' }, timedOut: true })),
    )
    await expect(hanging.print('system')).rejects.toMatchObject({ code: 'MANAGER_TIMEOUT' })
  })
})

describe('the domain of an agent', () => {
  const of = (...there: string[]) =>
    domains(
      launchctl(scriptedRunner((_, args) => (there.includes(args[1] as string) ? 0 : 113))),
      'user',
      501,
    )

  test('is the one of the screen, where somebody is logged in there', async () => {
    expect(await of('gui/501', 'user/501').current()).toBe('gui/501')
  })

  test('is the one of the user without a screen', async () => {
    expect(await of('user/501').current()).toBe('user/501')
  })

  test('is none where neither is there', async () => {
    expect(await of().current()).toBeNull()
  })

  test('is where the job is loaded', async () => {
    const found = await of('gui/501', 'user/501', 'user/501/web').find('web')
    expect(found?.target).toBe('user/501/web')
    expect(await of('gui/501').find('web')).toBeNull()
  })
})
