import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeMachine, fakeManager } from '../../test/fakes/manager.ts'
import { homeOf } from '../model/home.ts'
import { completeSpec } from '../model/service-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { locks } from '../platform/posix/locks.ts'
import { type InstallationPorts, installService, uninstallService } from './installation.ts'

const spec = completeSpec({ name: 'web', file: '/fixtures/program' })
let root: string
let ports: InstallationPorts

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stead-installation-'))
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

describe('an installation', () => {
  test('keeps a record that only its owner can read', async () => {
    expect((await installService(ports, spec)).outcome).toBe('created')
    const path = join(root, 'specs/web.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, spec })
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('leaves no lock behind, and an uninstallation nothing at all', async () => {
    await installService(ports, spec)
    expect(readdirSync(join(root, 'run'))).toEqual([])
    await uninstallService(ports, 'web')
    expect(readdirSync(join(root, 'specs'))).toEqual([])
    expect((await ports.manager.status('web')).phase).toBe('not-installed')
  })

  test('gives a service of the SDK a place for its parameters, and is undone where it cannot', async () => {
    const said: string[] = []
    const parameters = {
      prepare: (service: string, user: string | null) => void said.push(`${service} for ${user}`),
      remove: (service: string) => void said.push(`${service} removed`),
    }
    await installService({ ...ports, parameters }, { ...spec, name: 'plain' })
    await installService({ ...ports, parameters }, { ...spec, protocol: 'native', user: 'www' })
    await uninstallService({ ...ports, parameters }, 'web')
    expect(said).toEqual(['web for www', 'web removed'])
    const prepare = (): never => {
      throw new Error('there is no user www')
    }
    const asked = installService(
      { ...ports, parameters: { ...parameters, prepare } },
      { ...spec, protocol: 'native' },
    )
    await expect(asked).rejects.toThrow('there is no user www')
    expect((await ports.manager.status('web')).phase).toBe('not-installed')
  })

  test('S10 with a setting that cannot be honoured is refused before anything is touched', async () => {
    const asked = installService(ports, { ...spec, harden: 'strict' })
    await expect(asked).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('harden'),
    })
    expect(existsSync(join(root, 'run'))).toBe(false)
    expect((await ports.manager.status('web')).phase).toBe('not-installed')
  })

  test('of two at once is done by one, and the other learns by whom', async () => {
    mkdirSync(join(root, 'run'))
    const { lock } = await ports.locks.acquire(join(root, 'run/web.lock'))
    await expect(installService(ports, spec)).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    await lock?.release()
    expect((await installService(ports, spec)).outcome).toBe('created')
  })

  test('S09 whose record cannot be kept is undone', async () => {
    writeFileSync(join(root, 'specs'), 'a file where a directory should be')
    await expect(installService(ports, spec)).rejects.toThrow()
    expect((await ports.manager.status('web')).phase).toBe('not-installed')
  })

  test('S06 of what only the record says is an update, and of the same is none', async () => {
    await installService(ports, spec)
    expect((await installService(ports, spec)).outcome).toBe('unchanged')
    const { manager } = ports
    // As a manager has it whose definition is that of a guard.
    const guarded = { ...ports, manager: { ...manager, install: async () => 'unchanged' as const } }
    const changed = { ...spec, args: ['--other'] }
    expect((await installService(guarded, changed)).outcome).toBe('updated')
    expect((await installService(guarded, changed)).outcome).toBe('unchanged')
  })

  test('S09 an update whose record cannot be kept leaves the definition as it was', async () => {
    await installService(ports, { ...spec, description: 'before' })
    const files = {
      ...ports.files,
      writeAtomic: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    }
    const asked = installService({ ...ports, files }, { ...spec, description: 'after' })
    await expect(asked).rejects.toThrow('full')
    const { manager } = ports
    const present = await manager.install(manager.plan({ ...spec, description: 'before' }))
    expect(present).toBe('unchanged')
  })

  test.skipIf(process.getuid?.() === 0)('S08 without the right to write says which', async () => {
    chmodSync(root, 0o500)
    await expect(installService(ports, spec)).rejects.toMatchObject({ code: 'RIGHTS' })
  })

  test('S07 of a name that is somebody else’s changes no record', async () => {
    await expect(uninstallService(ports, 'nobody')).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
  })
})

test('a damaged record is told by its path', async () => {
  const { recordStore } = await import('./record-store.ts')
  mkdirSync(join(root, 'specs'))
  for (const text of ['{', '{"version":2}', '[]', 'null']) {
    writeFileSync(join(root, 'specs/web.json'), text)
    await expect(recordStore(ports.files, ports.home).read('web')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    })
  }
})
