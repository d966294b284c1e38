import { beforeEach, describe, expect, test } from 'vitest'
import { failingControl, simulatedManager } from '../../../test/contract/scm-simulated.setup.ts'
import {
  SIMULATED_EXECUTABLE,
  type SimulatedScm,
  simulatedScm,
} from '../../../test/fakes/simulated-scm.ts'
import { planText } from '../../cli/present/plan-text.ts'
import { Secret } from '../../model/secret.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { accountKind, userAccount } from '../../model/windows-account.ts'
import { WindowsError } from '../../model/windows-error.ts'
import { systemClock } from '../../platform/clock.ts'

const PASSWORD = new Secret('hunter2')
const BOB = '.\\bob'

let scm: SimulatedScm
beforeEach(() => {
  scm = simulatedScm(systemClock())
})

function specOf(settings: Partial<ServiceSpec> = {}): ServiceSpec {
  return completeSpec({ name: 'app', file: SIMULATED_EXECUTABLE, protocol: 'native', ...settings })
}

function install(settings: Partial<ServiceSpec>, password?: Secret, control = scm.control) {
  const manager = simulatedManager(scm, control)
  return manager.install(manager.plan(specOf(settings)), password)
}

const holders = (): string[] => [...scm.rights.holders]
const kept = (name = 'app') => scm.services.get(name)

describe('a user with a password', () => {
  test('S01 gets the right to log on as a service, and loses it with the service', async () => {
    expect(await install({ user: 'bob' }, PASSWORD)).toBe('created')
    expect(kept()?.config.account).toBe(BOB)
    expect(kept()?.password).toBe('hunter2')
    expect(holders()).toEqual([BOB])
    await simulatedManager(scm).uninstall('app')
    expect(holders()).toEqual([])
  })

  test('keeps a right that it had before', async () => {
    scm.rights.holders.add('domain\\bob')
    await install({ user: 'DOMAIN\\bob' }, PASSWORD)
    await simulatedManager(scm).uninstall('app')
    expect(holders()).toEqual(['domain\\bob'])
  })

  test('is not installed without its password, and nothing is changed', async () => {
    await expect(install({ user: BOB })).rejects.toMatchObject({
      code: 'PASSWORD_NEEDED',
      hint: expect.stringContaining('--password-stdin'),
    })
    expect(kept()).toBeUndefined()
    expect(holders()).toEqual([])
  })

  test('S06 keeps the password that is not given again', async () => {
    await install({ user: BOB }, PASSWORD)
    expect(await install({ user: BOB })).toBe('unchanged')
    expect(await install({ user: BOB, description: 'more' })).toBe('updated')
    expect(kept()?.password).toBe('hunter2')
  })

  test('S06 has another password where one is given', async () => {
    await install({ user: BOB }, PASSWORD)
    expect(await install({ user: BOB }, new Secret('correct horse'))).toBe('updated')
    expect(kept()?.password).toBe('correct horse')
  })

  test('S06 that takes the place of another account is changed last, and the old right goes', async () => {
    await install({ user: BOB }, PASSWORD)
    await expect(install({ user: '.\\eve' })).rejects.toMatchObject({ code: 'PASSWORD_NEEDED' })
    expect(await install({ user: '.\\eve' }, new Secret('other'))).toBe('updated')
    expect([kept()?.config.account, kept()?.password]).toEqual(['.\\eve', 'other'])
    expect(holders()).toEqual(['.\\eve'])
    expect(await install({})).toBe('updated')
    expect(holders()).toEqual([])
  })

  test('S09 loses the right again where the installation fails', async () => {
    const failing = install({ user: BOB }, PASSWORD, failingControl(scm.control))
    await expect(failing).rejects.toMatchObject({ code: 'MANAGER_FAILED' })
    expect(kept()).toBeUndefined()
    expect(holders()).toEqual([])
  })

  test('S09 keeps its password where an update fails', async () => {
    await install({ user: BOB }, PASSWORD)
    const other = { user: '.\\eve', env: { A: '1' } }
    await expect(install(other, new Secret('x'), failingControl(scm.control))).rejects.toThrow()
    expect([kept()?.config.account, kept()?.password]).toEqual([BOB, 'hunter2'])
    expect(holders()).toEqual([BOB])
  })

  test('keeps its right for another service of stead, which takes it back in the end', async () => {
    const manager = simulatedManager(scm)
    await install({ user: BOB }, PASSWORD)
    await install({ name: 'second', user: '.\\BOB' }, PASSWORD)
    await manager.uninstall('app')
    expect(holders()).toEqual([BOB])
    await manager.uninstall('second')
    expect(holders()).toEqual([])
  })

  test('keeps its right for a service that stead did not install', async () => {
    await install({ user: BOB }, PASSWORD)
    const { config } = kept() ?? {}
    if (config === undefined) throw new Error('it is not there')
    await scm.control.create('foreign', { ...config, displayName: 'foreign' }, PASSWORD)
    await simulatedManager(scm).uninstall('app')
    expect(holders()).toEqual([BOB])
  })

  test('S08 without the right to change the policy nothing is changed', async () => {
    const { rights } = scm
    rights.giveLogOnAsService = async () => {
      throw new WindowsError('LsaOpenPolicy', 5)
    }
    await expect(install({ user: BOB }, PASSWORD)).rejects.toMatchObject({ code: 'RIGHTS' })
    expect(kept()).toBeUndefined()
  })
})

describe('the password', () => {
  test('is in no plan, no record and no value of the registry', async () => {
    const manager = simulatedManager(scm)
    const plan = manager.plan(specOf({ user: BOB }))
    await manager.install(plan, PASSWORD)
    const { password: _password, ...rest } = kept() ?? {}
    const shown = [
      planText(plan),
      JSON.stringify(plan),
      JSON.stringify([...(kept()?.values ?? [])]),
    ]
    expect([...shown, JSON.stringify(rest)].join()).not.toContain('hunter2')
    expect(planText(plan)).toMatch(/LsaAddAccountRights[\s\S]*SeServiceLogonRight/)
    expect(plan.notes.join()).toContain('stead password app')
  })

  test('can be changed later', async () => {
    const manager = simulatedManager(scm)
    await install({ user: BOB }, PASSWORD)
    await manager.passwords?.set('app', new Secret('new'))
    expect([kept()?.config.account, kept()?.password]).toEqual([BOB, 'new'])
  })

  test('is refused for an account that has none, and for what is not installed', async () => {
    const { passwords } = simulatedManager(scm)
    await install({ user: 'LocalSystem' })
    await expect(passwords?.set('app', PASSWORD)).rejects.toMatchObject({ code: 'PASSWORD_UNUSED' })
    await expect(passwords?.set('none', PASSWORD)).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
  })

  test.each<[string | null, boolean]>([
    [null, false],
    ['LocalSystem', false],
    ['NT SERVICE\\app', false],
    ['DOMAIN\\gmsa$', false],
    ['bob', true],
    ['DOMAIN\\bob', true],
  ])('of %s is asked for: %s', async (user, asked) => {
    const { passwords } = simulatedManager(scm)
    expect(passwords?.takenBy(specOf({ user }))).toBe(asked)
    expect(await passwords?.neededFor(specOf({ user }))).toBe(asked)
  })
})

describe('a managed account', () => {
  test('has the right given and no password', async () => {
    await install({ user: 'DOMAIN\\gmsa$' })
    expect([kept()?.config.account, kept()?.password]).toEqual(['DOMAIN\\gmsa$', null])
    expect(holders()).toEqual(['domain\\gmsa$'])
  })
})

test.each([
  ['bob', '.\\bob'],
  ['.\\bob', '.\\bob'],
  ['DOMAIN\\bob', 'DOMAIN\\bob'],
  ['my.domain\\first.last', 'my.domain\\first.last'],
  ['DOMAIN\\gmsa$', 'DOMAIN\\gmsa$'],
  ['张伟', '.\\张伟'],
  ['gmsa$', null],
  ['', null],
  ['a\\b\\c', null],
  ['bob@domain', null],
  ['bo"b', null],
  ['\\bob', null],
  ['DOMAIN\\', null],
  ['..', null],
  ['a\nb', null],
])('the account of %j is %j', (name, account) => {
  expect(userAccount(name)).toBe(account)
})

test.each([
  ['NT AUTHORITY\\LocalService', 'built-in'],
  ['.\\LocalSystem', 'built-in'],
  ['NT SERVICE\\app', 'virtual'],
  ['D\\g$', 'managed'],
  ['D\\u', 'user'],
])('%s is %s', (account, kind) => {
  expect(accountKind(account)).toBe(kind)
})
