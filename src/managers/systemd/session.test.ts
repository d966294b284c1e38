import { describe, expect, test } from 'vitest'
import type { FileFacts, FileSystem } from '../../model/ports/file-system.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import type { Scope } from '../../model/service-spec.ts'
import { type SessionVariables, sessionVariables, unitDirectory } from './session.ts'

const BOOTED = '/run/systemd/system'

/** Stands for a machine whose sessions cannot be had here; only what exists, and whose it is. */
function ports(
  there: Readonly<Record<string, number>>,
  scope: Scope = 'user',
  env: SessionVariables = {},
) {
  const files: Pick<FileSystem, 'facts'> = {
    async facts(path) {
      const uid = there[path]
      return uid === undefined ? null : ({ kind: 'other', mode: 0, uid, size: 0 } as FileFacts)
    },
  }
  const accounts: Pick<Accounts, 'self'> = {
    self: () => ({ name: 'ann', uid: 1000, home: '/home/ann' }),
  }
  return { scope, env, files: files as FileSystem, accounts: accounts as Accounts }
}

describe('the session with systemd', () => {
  test('on a machine that has another init is refused, with what to do', async () => {
    await expect(sessionVariables(ports({}, 'system'))).rejects.toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
      hint: expect.stringMatching(/foreground/),
    })
  })

  test('of the machine needs no variable', async () => {
    expect(await sessionVariables(ports({ [BOOTED]: 0 }, 'system'))).toEqual({})
  })

  test.each<[string, SessionVariables, Readonly<Record<string, number>>, string]>([
    ['the variable', { XDG_RUNTIME_DIR: '/x' }, { '/x/systemd/private': 1000 }, '/x'],
    [
      'the standard place, without the variable',
      {},
      { '/run/user/1000/systemd/private': 1000 },
      '/run/user/1000',
    ],
    [
      'the standard place, where the variable is of another user',
      { XDG_RUNTIME_DIR: '/run/user/0' },
      { '/run/user/0/systemd/private': 0, '/run/user/1000/systemd/private': 1000 },
      '/run/user/1000',
    ],
  ])('of a user is found by %s', async (_, env, there, expected) => {
    const found = await sessionVariables(ports({ [BOOTED]: 0, ...there }, 'user', env))
    expect(found).toEqual({ XDG_RUNTIME_DIR: expected })
  })

  test('of a user that has none is refused, with what starts it', async () => {
    await expect(sessionVariables(ports({ [BOOTED]: 0 }))).rejects.toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
      message: expect.stringMatching(/user ann/),
      hint: expect.stringMatching(/enable-linger ann/),
    })
  })
})

test.each<[Scope, SessionVariables, string]>([
  ['system', { XDG_CONFIG_HOME: '/x' }, '/etc/systemd/system'],
  ['user', {}, '/home/ann/.config/systemd/user'],
  ['user', { XDG_CONFIG_HOME: '/x' }, '/x/systemd/user'],
  ['user', { XDG_CONFIG_HOME: 'relative' }, '/home/ann/.config/systemd/user'],
])('units of scope %s with %j are in %s', (scope, env, expected) => {
  expect(unitDirectory(ports({}, scope, env))).toBe(expected)
})
