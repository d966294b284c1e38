import { beforeEach, describe, expect, test } from 'vitest'
import { simulatedManager } from '../../../test/contract/scm-simulated.setup.ts'
import {
  SIMULATED_EXECUTABLE,
  type SimulatedScm,
  simulatedScm,
} from '../../../test/fakes/simulated-scm.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { systemClock } from '../../platform/clock.ts'
import { eventMessageFile } from './event-messages/message-file.ts'

const { fileName, content } = eventMessageFile()
const FILE = `C:\\Program Files\\stead\\${fileName}`
const OURS = { log: 'Application', messageFile: FILE, types: 7 }
const OLDER = 'events-0123456789abcdef.dll'

let scm: SimulatedScm
beforeEach(() => {
  scm = simulatedScm(systemClock())
})

const specOf = (name: string): ServiceSpec =>
  completeSpec({ name, file: SIMULATED_EXECUTABLE, protocol: 'native' })

async function install(name = 'app') {
  const manager = simulatedManager(scm)
  return manager.install(manager.plan(specOf(name)))
}

test('an installation makes the service a source, with the file that has the texts', async () => {
  expect(await install()).toBe('created')
  expect(scm.eventSources.sources.get('app')).toEqual(OURS)
  expect(scm.eventSources.files.get(fileName)).toEqual(content)
})

test('the plan names key, values and file', () => {
  const { steps } = simulatedManager(scm).plan(specOf('app'))
  const told = steps.flatMap((step) => (step.kind === 'call' ? [step.values] : []))
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\app'
  expect(told).toContainEqual({ key, value: 'EventMessageFile', type: 'REG_EXPAND_SZ', data: FILE })
  expect(told).toContainEqual({ key, value: 'TypesSupported', type: 'REG_DWORD', data: 7 })
  expect(told).toContainEqual({ path: FILE, bytes: content.length })
})

describe('S06 an update in place', () => {
  test('changes nothing where all is as it should be', async () => {
    await install()
    expect(await install()).toBe('unchanged')
  })

  test('puts back what is missing of it', async () => {
    await install()
    scm.eventSources.files.clear()
    scm.eventSources.sources.set('app', { ...OURS, types: null })
    expect(await install()).toBe('updated')
    expect(scm.eventSources.sources.get('app')).toEqual(OURS)
    expect(scm.eventSources.files.size).toBe(1)
  })

  test('from an older table leaves the older file while it is open, and while another needs it', async () => {
    const { sources, files, open } = scm.eventSources
    await install('app')
    await install('other')
    for (const name of ['app', 'other']) {
      sources.set(name, { ...OURS, messageFile: `C:\\Program Files\\stead\\${OLDER}` })
    }
    files.set(OLDER, Buffer.from('older'))
    open.add(OLDER)
    await install('app')
    expect([...files.keys()].sort()).toEqual([OLDER, fileName].sort())
    open.clear()
    await install('app')
    expect(files.has(OLDER)).toBe(true)
    await install('other')
    expect([...files.keys()]).toEqual([fileName])
  })
})

describe('S09 an installation that fails', () => {
  test('takes the source back that it made, and the service', async () => {
    scm.eventSources.full = true
    await expect(install()).rejects.toMatchObject({ code: 'RIGHTS' })
    expect(scm.eventSources.sources.size).toBe(0)
    expect(scm.services.size).toBe(0)
  })

  test('gives a source back as it was', async () => {
    await install()
    const older = { ...OURS, messageFile: `C:\\Program Files\\stead\\${OLDER}` }
    scm.eventSources.sources.set('app', older)
    scm.eventSources.files.clear()
    scm.eventSources.full = true
    await expect(install()).rejects.toMatchObject({ code: 'RIGHTS' })
    expect(scm.eventSources.sources.get('app')).toEqual(older)
  })
})

describe('S07 a source of somebody else', () => {
  test.each([
    { log: 'Application', messageFile: 'C:\\Windows\\System32\\EventCreate.exe', types: 7 },
    { log: 'Application', messageFile: null, types: null },
    { log: 'System', messageFile: FILE, types: 7 },
  ])('is not taken over: %j', async (foreign) => {
    scm.eventSources.sources.set('APP', foreign)
    await expect(install()).rejects.toMatchObject({
      code: 'FOREIGN',
      message: expect.stringContaining(foreign.log),
    })
    expect([...scm.eventSources.sources]).toEqual([['APP', foreign]])
    expect(scm.services.size).toBe(0)
    expect(scm.eventSources.files.size).toBe(0)
  })

  test('that came after the installation outlives the service', async () => {
    await install()
    const foreign = { ...OURS, messageFile: 'D:\\theirs.dll' }
    scm.eventSources.sources.set('app', foreign)
    await simulatedManager(scm).uninstall('app')
    expect(scm.eventSources.sources.get('app')).toEqual(foreign)
  })
})

test('the source goes with the service, the file with the last of them', async () => {
  await install('app')
  await install('other')
  const manager = simulatedManager(scm)
  await manager.uninstall('app')
  expect([...scm.eventSources.sources.keys()]).toEqual(['other'])
  expect(scm.eventSources.files.size).toBe(1)
  await manager.uninstall('other')
  expect(scm.eventSources.files.size).toBe(0)
})
