/** Services built with the SDK on a real Service Control Manager: `test/fixtures/services/story.ts`. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWindowsError } from '../../../src/model/windows-error.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { type TestService, withService } from './scm-service.ts'

const STOP = 1
const PAUSE = 2
const RESUME = 3
const PARAMCHANGE = 6

/** The story, asked to start; `args` are for it. */
function story<T>(
  args: readonly string[],
  use: (service: TestService) => Promise<T>,
  before: (service: TestService) => void = () => {},
): Promise<T> {
  return withService(
    {
      program: '../../../fixtures/services/story.ts',
      args: (folder) => [
        ...['--record', join(folder, 'story'), '--hold', join(folder, 'hold')],
        ...args,
      ],
    },
    async (service) => {
      before(service)
      await service.start()
      return await use(service)
    },
  )
}

/** What blocks, and what stops, lasts until it is let go. */
const hold = ({ folder }: TestService): void => writeFileSync(join(folder, 'hold'), '')
const letGo = ({ folder }: TestService): void =>
  rmSync(join(folder, 'hold'), { maxRetries: 20, retryDelay: 20 })

const events = ({ folder }: TestService): string[] => wholeLines(join(folder, 'story.events'))

function happens(service: TestService, event: string): Promise<true> {
  return until(`the event ${event}`, () => events(service).includes(event) || null)
}

describe('a service of the SDK under the SCM', () => {
  test('S01 it starts, runs, and stops with success, three times in a row', {}, () =>
    story([], async (service) => {
      for (let life = 1; life <= 3; life += 1) {
        if (life > 1) await service.start()
        await service.reaches('running')
        await service.control(STOP)
        const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
        assert.deepEqual([win32ExitCode, specificExitCode], [0, 0])
        await service.isGone()
      }
      const life = ['start', 'ready', 'stop request']
      assert.deepEqual(events(service), [...life, ...life, ...life])
    }),
  )

  test('S02 a start that blocks its thread for longer than the wait hint is waited for', {}, () =>
    story(
      ['--block-ms', '1'],
      async (service) => {
        // One a second: with the sixth, the five seconds of the hint are over.
        await until('the checkpoint is beyond the hint', async () => {
          const { state, checkPoint } = await service.status()
          assert.equal(state, 'start-pending')
          return checkPoint >= 6
        })
        letGo(service)
        await service.reaches('running')
      },
      hold,
    ),
  )

  test('S03 a stop during the start cancels it', {}, () =>
    story(['--start-ms', '60000'], async (service) => {
      await happens(service, 'start')
      await service.control(STOP)
      assert.equal((await service.reaches('stopped')).win32ExitCode, 0)
      assert.deepEqual(events(service), ['start', 'stop request'])
    }),
  )

  test('S03 a second stop while it is stopping changes nothing', {}, () =>
    story([], async (service) => {
      await service.reaches('running')
      hold(service)
      await service.control(STOP)
      await service.reaches('stop-pending')
      await assert.rejects(service.control(STOP), (error) => isWindowsError(error))
      letGo(service)
      assert.equal((await service.reaches('stopped')).win32ExitCode, 0)
      assert.deepEqual(events(service), ['start', 'ready', 'stop request'])
    }),
  )

  test('S11 a service that refuses to pause goes on running', {}, () =>
    story(['--pause', 'refuse'], async (service) => {
      await service.reaches('running')
      await service.control(PAUSE)
      await until('the refusal is logged', () => /pause refused: .*not now/.test(service.log()))
      await service.reaches('running')
    }),
  )

  test('S11 pause, resume and reload reach it, and what is illegal is refused by the SCM', {}, () =>
    story([], async (service) => {
      await service.reaches('running')
      await assert.rejects(service.control(999), (error) => isWindowsError(error))
      await service.control(PAUSE)
      await service.reaches('paused')
      await assert.rejects(service.control(PARAMCHANGE), (error) => isWindowsError(error))
      await service.control(RESUME)
      await service.reaches('running')
      await service.control(PARAMCHANGE)
      await happens(service, 'reload')
      await service.control(201)
      await happens(service, 'custom 201')
      assert.deepEqual(events(service), [
        'start',
        'ready',
        'pause',
        'resume',
        'reload',
        'custom 201',
      ])
    }),
  )

  test('what it says is in its log', {}, () =>
    story(['--say', 'once upon\na time'], async (service) => {
      await service.reaches('running')
      assert.match(service.log(), /^\d{4}-\d\d-\d\dT[0-9:.]+Z <6> once upon\\na time$/m)
    }),
  )
})

describe('S04 a failing service of the SDK is STOPPED with 1066, a code, and a reason in its log', () => {
  const cases: readonly [string, readonly string[], number, RegExp][] = [
    ['start throws', ['--start', 'throw'], 9, /the story cannot begin/],
    ['start never settles', ['--start', 'never', '--start-timeout', '1s'], 124, /within 1 s/],
    ['start exits with 0', ['--start', 'exit'], 70, /process\.exit was called with 0/],
    ['it crashes', ['--then', 'crash'], 1, /the story has crashed/],
    ['it rejects', ['--then', 'reject'], 1, /the story was rejected/],
    ['it exits with 7', ['--then', 'exit7'], 7, /process\.exit was called with 7/],
  ]
  for (const [title, args, code, reason] of cases) {
    test(`S04 ${title}`, {}, () =>
      story(args, async (service) => {
        const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
        assert.deepEqual([win32ExitCode, specificExitCode], [1066, code])
        assert.match(service.log(), reason)
      }),
    )
  }

  test('S04 stop never settles', {}, () =>
    story(['--stop', 'never', '--stop-timeout', '1s'], async (service) => {
      await service.reaches('running')
      await service.control(STOP)
      const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
      assert.deepEqual([win32ExitCode, specificExitCode], [1066, 125])
    }),
  )

  test('S05 but one that is done by itself has not failed', {}, () =>
    story(['--then', 'exit0'], async (service) => {
      const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
      assert.deepEqual([win32ExitCode, specificExitCode], [0, 0])
    }),
  )
})
