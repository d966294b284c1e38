import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeMachine, fakeManager } from '../../test/fakes/manager.ts'
import { type InstallationPorts, installService } from '../managers/installation.ts'
import { homeOf } from '../model/home.ts'
import { completeSpec, type ServiceSpec } from '../model/service-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { locks } from '../platform/posix/locks.ts'
import { installedSpec, installedSpecs, switchVersion } from './switch-version.ts'

let root: string
let ports: InstallationPorts

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stead-switch-'))
  const clock = systemClock()
  ports = {
    manager: fakeManager(fakeMachine(clock)),
    home: homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '/', root }),
    files: nodeFileSystem(),
    locks: locks(),
    clock,
  }
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const OLD = completeSpec({ name: 'web', file: '/opt/web/web', protocol: 'native' })

function withArguments(...args: readonly string[]): ServiceSpec {
  return {
    ...OLD,
    file: '/opt/web/versions/2.0.0/web',
    args,
  }
}

function exchange(spec: ServiceSpec, unhealthy: (() => Promise<string | null>) | null = null) {
  return switchVersion(ports, {
    before: { version: '1.0.0', spec: OLD },
    after: { version: '2.0.0', spec },
    trial: 600,
    unhealthy,
  })
}

async function fileOf(): Promise<string | undefined> {
  return (await installedSpec(ports, 'web'))?.file
}

describe('a new version of a service', () => {
  test('is started in the place of the one that ran, and stays', async () => {
    await installService(ports, OLD)
    await ports.manager.start('web')
    const { pid } = await ports.manager.status('web')
    expect(await exchange(withArguments())).toBe(true)
    const now = await ports.manager.status('web')
    expect([now.phase, now.pid === pid]).toEqual(['running', false])
    expect(await fileOf()).toBe('/opt/web/versions/2.0.0/web')
  })

  test('is not started where none ran', async () => {
    await installService(ports, OLD)
    expect(await exchange(withArguments())).toBe(false)
    expect((await ports.manager.status('web')).phase).toBe('stopped')
    expect(await fileOf()).toBe('/opt/web/versions/2.0.0/web')
  })

  test.each([
    ['does not start', ['--start', 'throw']],
    ['ends in its trial', ['--then', 'exit3', '--after-ms', '100']],
  ])('that %s is taken back, and the one before runs', async (_, args) => {
    await installService(ports, OLD)
    await ports.manager.start('web')
    await expect(exchange(withArguments(...args))).rejects.toMatchObject({
      code: 'UPDATE_ROLLED_BACK',
      message: expect.stringContaining('web 2.0.0 is taken back, 1.0.0 is in place'),
    })
    expect((await ports.manager.status('web')).phase).toBe('running')
    expect(await fileOf()).toBe('/opt/web/web')
  })

  test('that is not healthy at the end of its trial is taken back, and one that becomes so is not', async () => {
    await installService(ports, OLD)
    await ports.manager.start('web')
    const ill = exchange(withArguments(), async () => '503 Service Unavailable')
    await expect(ill).rejects.toThrow(/503 Service Unavailable/)
    expect(await fileOf()).toBe('/opt/web/web')
    expect(await exchange(withArguments(), async () => null)).toBe(true)
  })

  test('that nobody may install changes nothing', async () => {
    await installService(ports, OLD)
    await ports.manager.start('web')
    const { pid } = await ports.manager.status('web')
    await expect(exchange({ ...withArguments(), harden: 'strict' })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    })
    expect((await ports.manager.status('web')).pid).toBe(pid)
    expect(await fileOf()).toBe('/opt/web/web')
  })

  test('that cannot be taken back says both reasons', async () => {
    await installService(ports, OLD)
    await ports.manager.start('web')
    const { manager } = ports
    let starts = 0
    const broken: InstallationPorts = {
      ...ports,
      manager: {
        ...manager,
        async restart(name) {
          starts += 1
          throw new Error(starts === 1 ? 'the first' : `the second of ${name}`)
        },
      },
    }
    ports = broken
    await expect(exchange(withArguments())).rejects.toMatchObject({
      code: 'UPDATE_STUCK',
      message: expect.stringMatching(/the second of web.*because of: the first/),
    })
  })
})

test('all services of a home are known, and none where there is no home', async () => {
  expect(await installedSpecs(ports)).toEqual([])
  await installService(ports, OLD)
  await installService(ports, { ...OLD, name: 'web2' })
  expect((await installedSpecs(ports)).map(({ name }) => name)).toEqual(['web', 'web2'])
})
