/** A service of an unmodified program over a longer time: slow starts, updates, the death of its guard. */
import assert from 'node:assert/strict'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { isAlive, PATIENCE, withProgram } from './any-program-room.ts'

describe('a service of any program', () => {
  test('S06 is updated in place, and the next start has it', {}, () =>
    withProgram({ command: [windowsProgram('exits'), '7'], restart: 'no' }, async (service) => {
      const same = { command: [windowsProgram('exits'), '7'], restart: 'no' }
      const other = { command: [windowsProgram('exits'), '8'], restart: 'no' }
      assert.equal(await service.install(same), 'unchanged')
      assert.equal(await service.install(other), 'updated')
      await service.start()
      assert.equal((await service.reaches('stopped')).specificExitCode, 8)
    }),
  )

  test('S02 is started for longer than 30 s, and its checkpoint moves all the while', {}, () => {
    const late = "setTimeout(() => console.log('up at last'), 32_000); setInterval(() => {}, 1e6)"
    const settings = { command: [process.execPath, '-e', late], ready: { log: 'up at last' } }
    return withProgram(settings, async (service) => {
      await service.start()
      const begun = performance.now()
      let checkpoint = 0
      await until(
        'it is running',
        async () => {
          const status = await service.status()
          const { state, checkPoint } = status
          if (state === 'running') return true
          assert.equal(state, 'start-pending', `${JSON.stringify(status)}\n${service.log()}`)
          checkpoint = Math.max(checkpoint, checkPoint)
          return false
        },
        100_000,
      )
      assert.ok(performance.now() - begun > 30_000)
      assert.ok(checkpoint > 20, `the checkpoint came to ${checkpoint}`)
    })
  })

  test('nothing of it outlives a guard that is killed', {}, () => {
    const settings = { command: [windowsProgram('family'), '1'] }
    return withProgram(settings, async (service) => {
      await service.start()
      const { pid } = await service.reaches('running')
      const pids = await until('the tree', () => {
        const found = [...service.log().matchAll(/pid (\d+)\s/g)].map(([, one]) => Number(one))
        return found.length >= 2 ? found : null
      })
      process.kill(pid ?? 0, 'SIGKILL')
      await until('the tree is gone', () => pids.every((one) => !isAlive(one)), PATIENCE)
    })
  })
})
