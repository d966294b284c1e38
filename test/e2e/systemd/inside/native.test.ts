import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../../../src/model/service-spec.ts'
import { until } from '../../../contract/until.ts'
import { wholeLines } from '../../../contract/whole-lines.ts'
import { record, type ScenarioRoom, scenario } from './scenario.ts'

const story = fileURLToPath(new URL('../../../fixtures/services/story.ts', import.meta.url))

const install = (
  room: ScenarioRoom,
  args: readonly string[],
  settings: Partial<ServiceSpec> = {},
) =>
  room.install([], {
    args: [story, '--record', room.file, ...args],
    protocol: 'native',
    ...settings,
  })

const events = (file: string): string[] => wholeLines(`${file}.events`)

test('a service that sends no heartbeat is killed by systemd and started again', async () => {
  await scenario(async (room) => {
    const { manager, name, file } = room
    // Its heartbeats end after three, and its own watch is longer than systemd's.
    const args = ['--heartbeat-ms', '200', '--beats', '3', '--watchdog', '1h']
    const restart = { when: 'on-failure', delay: 0, limit: null } as const
    await install(room, args, { watchdog: 1_000, restart })
    await manager.start(name)
    const { pid } = await record(file)
    const again = await until('it runs again', async () => {
      const status = await manager.status(name)
      return status.phase === 'running' && status.pid !== pid ? status : null
    })
    expect(again.restarts).toBeGreaterThan(0)
  })
})

test('a service that does send heartbeats is left alone', async () => {
  await scenario(async (room) => {
    const { manager, name } = room
    await install(room, [], { watchdog: 2_000 })
    await manager.start(name)
    const { pid } = await manager.status(name)
    const end = performance.now() + 5_000
    await until('twice the watchdog has gone by', async () => {
      expect((await manager.status(name)).pid).toBe(pid)
      return performance.now() > end
    })
  })
})

test('S02 a start that takes longer than systemd allows is kept alive by EXTEND_TIMEOUT_USEC', async () => {
  await scenario(async (room) => {
    const { manager, name, file } = room
    // From its first moment on: the program has to be up before, on a machine with much to do.
    await install(room, ['--start-ms', '8000'], { startTimeout: 6_000 })
    await manager.start(name)
    expect((await manager.status(name)).phase).toBe('running')
    expect(events(file)).toEqual(['start', 'ready'])
  })
})

test('a start that is too slow without progress is START_TIMEOUT', async () => {
  await scenario(async ({ manager, name, install: plain, file }) => {
    // It never says that it is ready, because it does not know how.
    const restart = { when: 'no', delay: 0, limit: null } as const
    await plain(['--record', file], { protocol: 'native', startTimeout: 700, restart })
    await expect(manager.start(name)).rejects.toMatchObject({ code: 'START_TIMEOUT' })
    expect(await manager.status(name)).toMatchObject({ phase: 'fatal' })
  })
})

test('S11 a pause that the service refuses is told', async () => {
  await scenario(async (room) => {
    const { manager, name } = room
    await install(room, ['--pause', 'refuse'])
    await manager.start(name)
    const outcome = await manager.pause(name).catch((error: unknown) => error)
    // It depends on whether systemd was asked while the service was about to refuse.
    expect((outcome as { code: string }).code).toMatch(/^(MANAGER_FAILED|VERB_UNSUPPORTED)$/)
    expect((await manager.status(name)).phase).toBe('running')
  })
})

test('S11 a reload that the service refuses leaves it running', async () => {
  await scenario(async (room) => {
    const { manager, name, file } = room
    await install(room, ['--reload', 'refuse'])
    await manager.start(name)
    await manager.reload(name)
    expect(events(file)).toContain('reload')
    expect((await manager.status(name)).phase).toBe('running')
  })
})

test.each(['standard', 'strict'] as const)(
  'a service built with the SDK lives with preset %s, with all its controls',
  async (harden) => {
    await scenario(async (room) => {
      const { manager, name, file, workspace } = room
      await install(room, [], { harden, cwd: workspace, watchdog: 10_000 })
      await manager.start(name)
      await manager.pause(name)
      expect((await manager.status(name)).phase).toBe('paused')
      await manager.resume(name)
      await manager.reload(name)
      await manager.stop(name)
      const all = ['start', 'ready', 'pause', 'resume', 'reload', 'stop request']
      expect(events(file)).toEqual(all)
      expect((await manager.status(name)).phase).toBe('stopped')
    })
  },
)
