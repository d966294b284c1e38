/** The host on a real Service Control Manager, before user code and where that never gets to run(). */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { diaryArgs, hold, letGo, started } from './host-room.ts'
import { withService } from './scm-service.ts'

interface Loaded {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly argv: readonly string[]
}

describe('the SCM host, before user code', () => {
  test('contact is made while the module of the user is busy', {}, () =>
    started(
      ['--busy'],
      async (service) => {
        // The SCM has its contact, and the program is as busy as it was.
        const first = await service.status()
        assert.equal(first.state, 'start-pending')
        const later = await until('the checkpoint advances', async () => {
          const status = await service.status()
          return status.checkPoint >= first.checkPoint + 2 ? status : null
        })
        assert.equal(later.state, 'start-pending')
        assert.equal(later.waitHint, 5_000)
        assert.ok(!service.diary().some(({ event }) => event === 'contact'))
        letGo(service)
        const end = await service.reaches('running')
        assert.deepEqual([end.checkPoint, end.waitHint], [0, 0])
      },
      hold,
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
        assert.deepEqual(loaded.argv.slice(-words.length), words)
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

  test('without an SCM there is no host, with the preload and without', {}, () => {
    const program = join(import.meta.dirname, 'programs', 'host.ts')
    const preload = new URL('../../../src/cli/scm-start.ts', import.meta.url).href
    for (const options of [[], ['--import', preload]]) {
      // The half minute that the SCM gives a service is waited for by nobody: it ends by itself before.
      const { status, error } = spawnSync(process.execPath, [...options, program], {
        timeout: 28_000,
      })
      assert.equal(status, 9, error?.message)
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
