import { expect, test } from 'vitest'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { completeProgram, type LogFormat, PROGRAM_DEFAULTS } from '../model/program-spec.ts'
import { withoutKeep } from './without-keep.ts'

const caller = { uid: null, pid: 1 }

function guardOf(...formats: LogFormat[]): { api: GuardApi; ended: boolean[] } {
  const ended: boolean[] = []
  const services = formats.map((format, index) =>
    completeProgram({
      name: `p${index}`,
      command: ['p'],
      cwd: '/',
      log: { ...PROGRAM_DEFAULTS.log, format },
    }),
  )
  const spec = { project: 'test', services, groups: [] }
  const api: Partial<GuardApi> = {
    configuration: () => ({ current: spec, offered: spec }),
    shutdown: async ({ keep }) => void ended.push(keep),
  }
  return { api: withoutKeep(api as GuardApi, 'win32'), ended }
}

test('programs whose output passes through the guard are not kept, and it goes on', async () => {
  const { api, ended } = guardOf('stamped', 'direct', 'json')
  await expect(api.shutdown({ keep: true }, caller)).rejects.toMatchObject({
    code: 'PLATFORM_UNSUPPORTED',
    message: expect.stringContaining('p0, p2') as string,
  })
  expect(ended).toEqual([])
})

test('programs that write their logs themselves, or none, are kept', async () => {
  const { api, ended } = guardOf('direct', 'off')
  await api.shutdown({ keep: true }, caller)
  expect(ended).toEqual([true])
})

test('every guard ends with its programs', async () => {
  const { api, ended } = guardOf('stamped')
  await api.shutdown({ keep: false }, caller)
  expect(ended).toEqual([false])
})
