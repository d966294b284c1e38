/** The host on a real Service Control Manager: {@link file://./programs/host.ts} is the service. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isWindowsError, WIN32 } from '../../../src/model/windows-error.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { type TestService, withService } from './scm-service.ts'

const PAUSE = 2
const RESUME = 3
const INTERROGATE = 4
const PARAMCHANGE = 6
const STOP = 1

interface Loaded {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly argv: readonly string[]
}

const diaryArgs = (folder: string): string[] => ['--diary', join(folder, 'diary')]

/** The bare host, started; `args` are for the program. */
function started<T>(
  args: readonly string[],
  use: (service: TestService) => Promise<T>,
): Promise<T> {
  return withService(
    { program: 'host.ts', args: (folder) => [...diaryArgs(folder), ...args] },
    async (service) => {
      await service.start()
      return await use(service)
    },
  )
}

function running<T>(
  args: readonly string[],
  use: (service: TestService) => Promise<T>,
): Promise<T> {
  return started(args, async (service) => {
    await service.reaches('running')
    return await use(service)
  })
}

function controlsOf(service: TestService): unknown[] {
  return service.diary().flatMap(({ event, control }) => (event === 'control' ? [control] : []))
}

/** The controls that have reached the program, once they are that many. */
function controls(service: TestService, count: number): Promise<unknown[]> {
  return until(`${count} controls arrive`, () => {
    const found = controlsOf(service)
    return found.length >= count ? found : null
  })
}

describe('the SCM host, before user code', () => {
  test('contact is made while the module of the user is busy for 5 s', {}, () =>
    withService(
      { program: 'host.ts', args: (folder) => [...diaryArgs(folder), '--busy-ms', '5000'] },
      async (service) => {
        const begun = performance.now()
        await service.start()
        const waited = performance.now() - begun
        const first = await service.status()
        assert.equal(first.state, 'start-pending')
        assert.ok(waited < 2_500, `the SCM waited ${waited} ms for contact`)
        const later = await until('the checkpoint advances', async () => {
          const status = await service.status()
          return status.checkPoint >= first.checkPoint + 2 ? status : null
        })
        assert.equal(later.state, 'start-pending')
        assert.equal(later.waitHint, 5_000)
        assert.ok(!service.diary().some(({ event }) => event === 'contact'))
        const end = await service.reaches('running')
        assert.deepEqual([end.checkPoint, end.waitHint], [0, 0])
      },
    ),
  )

  test('P09 environment, working directory, command line and start arguments arrive exactly', {}, async () => {
    const env = {
      STEAD_SERVICE: 'x',
      STEAD_TEST_HOSTILE: ' a"b\'c %PATH% $HOME ;|&<> \\ tail\\',
      STEAD_TEST_LINES: 'one\ntwo\r\nthree',
      STEAD_TEST_UNICODE: 'Zürich 東京 🙂',
      STEAD_TEST_EMPTY: '',
      STEAD_TEST_FILE: 'replaced by the file',
    }
    const words = ['--', 'two words', '%TEMP%', '$x', ';', 'Zürich', '']
    await withService(
      {
        program: 'host.ts',
        args: (folder) => [...diaryArgs(folder), ...words],
        record: { env, cwd: 'C:\\windows\\temp' },
      },
      async (service) => {
        // Wine hands them over in a list that an empty one would end.
        await service.start('--first', 'a "b" c', '東京')
        await service.reaches('running')
        const [loaded] = service.diary() as unknown as [Loaded]
        for (const [name, value] of Object.entries(env)) {
          assert.equal(loaded.env[name], value, name)
        }
        assert.equal(loaded.cwd.toLowerCase(), 'c:\\windows\\temp')
        assert.deepEqual(loaded.argv.slice(2), words)
        const contact = service.diary().find(({ event }) => event === 'contact')
        assert.deepEqual(contact?.args, ['--first', 'a "b" c', '東京'])
      },
    )
  })

  test('an environment file is read at the start and wins over the record', {}, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stead-env-'))
    const envFile = join(folder, 'secrets.env')
    writeFileSync(envFile, 'STEAD_TEST_FILE="from the file"\n')
    const record = { env: { STEAD_TEST_FILE: 'from the record' }, envFile }
    await withService({ program: 'host.ts', args: diaryArgs, record }, async (service) => {
      await service.start()
      await service.reaches('running')
      const [loaded] = service.diary() as unknown as [Loaded]
      assert.equal(loaded.env.STEAD_TEST_FILE, 'from the file')
    })
    rmSync(folder, { recursive: true })
  })

  test('a working directory that is not there is a failure with its reason', {}, () =>
    withService(
      { program: 'host.ts', args: diaryArgs, record: { cwd: 'C:\\no\\such\\folder' } },
      async (service) => {
        await service.start()
        const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
        assert.deepEqual([win32ExitCode, specificExitCode], [1066, 2])
        assert.match(service.log(), /<3> .*no\\such\\folder cannot be the working directory/)
        assert.deepEqual(service.diary(), [])
      },
    ),
  )

  test('what the program prints is in its log', {}, () =>
    started([], async (service) => {
      await service.reaches('running')
      assert.match(service.log(), /<6> printed at load\n/)
      assert.match(service.log(), /<6> and to standard error\n/)
    }),
  )

  test('without the preload the host is found as well', {}, () =>
    withService({ program: 'host.ts', args: diaryArgs, preload: false }, async (service) => {
      await service.start()
      await service.reaches('running')
    }),
  )

  test('without an SCM there is no host, with the preload and without, and it takes no time', {}, () => {
    const program = join(import.meta.dirname, 'programs', 'host.ts')
    const preload = new URL('../../../src/cli/scm-start.ts', import.meta.url).href
    for (const options of [[], ['--import', preload]]) {
      const begun = performance.now()
      const { status } = spawnSync(process.execPath, [...options, program])
      assert.equal(status, 9)
      assert.ok(performance.now() - begun < 5_000, 'it took more than 5 s')
    }
  })

  test('children and threads of the program do not inherit the preload', {}, () =>
    withService(
      { program: 'forks.ts', args: (folder) => [join(folder, 'seen.json')] },
      async (service) => {
        await service.start()
        await service.reaches('stopped')
        const seen = readFileSync(join(service.folder, 'seen.json'), 'utf8')
        assert.equal(seen, '[]', service.log())
      },
    ),
  )
})

describe('S04 a program that never gets to run() is a failure with a code and a reason:', () => {
  const cases: readonly [string, string, number, RegExp][] = [
    ['it throws while it is loaded', 'throws.ts', 1, /no database here/],
    ['it leaves a rejection unhandled', 'rejects.ts', 1, /nobody catches this/],
    ['it exits', 'exits.ts', 7, /ended with code 7 before it called run\(\)/],
    ['it comes to its end', 'ends.ts', 70, /ended with code 0 before it called run\(\)/],
    ['it does something else for good', 'stays.ts', 124, /did not call run\(\) within 1\.5 s/],
  ]
  for (const [title, program, code, reason] of cases) {
    test(`S04 ${title}`, {}, () =>
      withService({ program, record: { startTimeout: 1_500 } }, async (service) => {
        await service.start()
        const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
        assert.deepEqual([win32ExitCode, specificExitCode], [1066, code])
        assert.match(service.log(), reason)
      }),
    )
  }

  test('S04 it fails once it runs', {}, () =>
    started(['--fail', '77'], async (service) => {
      const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
      assert.deepEqual([win32ExitCode, specificExitCode], [1066, 77])
      assert.match(service.log(), /<3> stopped, code 77: as it was told to/)
    }),
  )
})

describe('the SCM host, in a conversation', () => {
  test('S02 a start that takes longer than its wait hint keeps its checkpoint going', {}, () =>
    started(['--start-ms', '6500'], async (service) => {
      let last = 0
      const highest = await until('the service runs', async () => {
        const { state, checkPoint, waitHint } = await service.status()
        if (state === 'running') return last
        assert.equal(state, 'start-pending')
        assert.equal(waitHint, 5_000)
        assert.ok(checkPoint >= last)
        last = checkPoint
        return null
      })
      assert.ok(highest >= 6, `the checkpoint reached ${highest}`)
    }),
  )

  test(
    'S03 a stop during the start ends it, and a second stop while stopping harms nothing',
    {},
    () =>
      started(['--start-ms', '60000', '--stop-ms', '2500'], async (service) => {
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
      await service.control(PAUSE)
      const pausing = await service.reaches('pause-pending')
      assert.ok(pausing.checkPoint > 0 && pausing.waitHint > 0)
      await service.reaches('paused')
      await service.control(RESUME)
      await service.reaches('continue-pending')
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
    started(['--start-ms', '60000'], async (service) => {
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

  test('a main thread that is blocked for 4 s delays no answer', {}, () =>
    running(['--block-on', '130'], async (service) => {
      await service.control(130)
      await controls(service, 1)
      const begun = performance.now()
      await service.control(INTERROGATE)
      await service.control(STOP)
      const answered = performance.now() - begun
      await service.reaches('stop-pending', 1_000)
      assert.ok(answered < 1_000, `the SCM waited ${answered} ms`)
      assert.equal(controlsOf(service).length, 1)
      await service.reaches('stopped')
      assert.equal(controlsOf(service).length, 3)
    }),
  )
})
