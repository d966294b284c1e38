/** The host on a real Service Control Manager, in a conversation with it. */
import assert from 'node:assert/strict'
import { isWindowsError, WIN32 } from '../../../src/model/windows-error.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { controls, controlsOf, hold, letGo, running, starting } from './host-room.ts'

const PAUSE = 2
const RESUME = 3
const INTERROGATE = 4
const PARAMCHANGE = 6
const STOP = 1

describe('the SCM host, in a conversation', () => {
  test('S02 a start that takes longer than its wait hint keeps its checkpoint going', {}, () =>
    starting(async (service) => {
      let last = 0
      // One a second: with the sixth, the five seconds of the hint are over.
      await until('the checkpoint is at 6', async () => {
        const { state, checkPoint, waitHint } = await service.status()
        assert.equal(state, 'start-pending')
        assert.equal(waitHint, 5_000)
        assert.ok(checkPoint >= last)
        last = checkPoint
        return checkPoint >= 6
      })
      letGo(service)
      await service.reaches('running')
    }),
  )

  test(
    'S03 a stop during the start ends it, and a second stop while stopping harms nothing',
    {},
    () =>
      starting(async (service) => {
        await until(
          'the program takes a stop',
          async () => ((await service.status()).accepts & 1) === 1,
        )
        await service.control(STOP)
        await service.reaches('stop-pending')
        await service.control(STOP).catch((error) => {
          if (
            !isWindowsError(error, WIN32.SERVICE_CANNOT_ACCEPT_CTRL, WIN32.INVALID_SERVICE_CONTROL)
          )
            throw error
        })
        letGo(service)
        const { win32ExitCode, checkPoint } = await service.reaches('stopped')
        assert.deepEqual([win32ExitCode, checkPoint], [0, 0])
      }),
  )

  test('S03 interrogate twice in a row is answered, and the state stays', {}, () =>
    running([], async (service) => {
      await service.control(INTERROGATE)
      await service.control(INTERROGATE)
      assert.deepEqual(await controls(service, 2), [
        { type: 'interrogate' },
        { type: 'interrogate' },
      ])
      assert.equal((await service.status()).state, 'running')
    }),
  )

  test('S11 pause and continue pass through their pending states', {}, () =>
    running([], async (service) => {
      hold(service)
      await service.control(PAUSE)
      const pausing = await service.reaches('pause-pending')
      assert.ok(pausing.checkPoint > 0 && pausing.waitHint > 0)
      letGo(service)
      await service.reaches('paused')
      hold(service)
      await service.control(RESUME)
      await service.reaches('continue-pending')
      letGo(service)
      await service.reaches('running')
    }),
  )

  test('paramchange is a reload, and codes 128 to 255 arrive as they are', {}, () =>
    running([], async (service) => {
      for (const code of [PARAMCHANGE, 128, 255]) await service.control(code)
      assert.deepEqual(await controls(service, 3), [
        { type: 'reload' },
        { type: 'custom', code: 128 },
        { type: 'custom', code: 255 },
      ])
    }),
  )

  test('what the service does not accept is refused', {}, () =>
    starting(async (service) => {
      await until(
        'the program takes a stop',
        async () => ((await service.status()).accepts & 1) === 1,
      )
      for (const code of [PAUSE, PARAMCHANGE, 200]) {
        await assert.rejects(service.control(code), (error) => isWindowsError(error))
      }
      assert.deepEqual(controlsOf(service), [])
    }),
  )

  test('a main thread that is blocked delays no answer', {}, () =>
    running(['--block-on', '130'], async (service) => {
      hold(service)
      await service.control(130)
      await controls(service, 1)
      await service.control(INTERROGATE)
      await service.control(STOP)
      await service.reaches('stop-pending')
      // It is answered, and the program has heard of none of it yet.
      assert.equal(controlsOf(service).length, 1)
      letGo(service)
      await service.reaches('stopped')
      assert.equal(controlsOf(service).length, 3)
    }),
  )
})
