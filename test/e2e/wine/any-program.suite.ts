/** `stead install NAME -- any.exe`: how unmodified programs start, end and are told to the SCM. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { type AnyProgram, isAlive, withProgram } from './any-program-room.ts'

const STOP = 1
const folder = mkdtempSync(join(tmpdir(), 'stead programs 程序 '))
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))

/** A compiled program under a path with blanks and CJK characters. */
function program(name: string): string {
  const path = join(folder, `${name} 程.exe`)
  copyFileSync(windowsProgram(name), path)
  return path
}

/** How the SCM has it that the service ended, and the words of `stead status`. */
async function endOf(service: AnyProgram): Promise<readonly unknown[]> {
  const { win32ExitCode, specificExitCode } = await service.reaches('stopped')
  const { phase, why } = await service.workshop.manager.status(service.name)
  return [win32ExitCode, specificExitCode, phase, why]
}

function started<T>(
  settings: Readonly<Record<string, unknown>>,
  use: (service: AnyProgram) => Promise<T>,
): Promise<T> {
  return withProgram(settings, async (service) => {
    await service.start()
    return use(service)
  })
}

describe('the end of a program is the end of its service:', () => {
  test('exit 7 is 1066 with 7, and status says so', { timeout: 60_000 }, () =>
    started({ command: [program('exits'), '7'], restart: 'no' }, async (service) => {
      assert.deepEqual(await endOf(service), [1066, 7, 'fatal', 'it ended with code 7'])
      assert.match(service.log(), /<3> stopped, code 7/)
      const { status, output } = service.stead('explain', service.name)
      assert.equal(status, 0, output)
      assert.match(output, /fatal: it ended with code 7.*said last:.*stopped, code 7.*stead start/s)
    }),
  )

  test('S05 success is 0, and nothing starts it again', { timeout: 60_000 }, () =>
    started({ command: [program('exits'), '0'] }, async (service) => {
      assert.deepEqual(await endOf(service), [0, 0, 'stopped', null])
    }),
  )

  test('S05 restarts that do not help end with the code of the last', { timeout: 60_000 }, () =>
    started(
      {
        command: [program('exits'), '7'],
        restart: { delay: '10ms', limit: '3/1m' },
      },
      async (service) => {
        assert.deepEqual((await endOf(service)).slice(0, 3), [1066, 7, 'fatal'])
        assert.ok((service.log().match(/ended with code 7/g) ?? []).length >= 3, service.log())
      },
    ),
  )

  test('a crash is 1066 with its number, in words', { timeout: 60_000 }, () =>
    started({ command: [program('crashes')], restart: 'no' }, async (service) => {
      assert.deepEqual(await endOf(service), [
        1066,
        0xc0000005,
        'fatal',
        'it ended with code 3221225477 (0xC0000005, access violation)',
      ])
    }),
  )

  test(
    'S04 a working directory that is not there fails at once, with its number',
    { timeout: 60_000 },
    () =>
      started({ command: [program('exits'), '0'], cwd: 'C:\\no\\such' }, async (service) => {
        const [win32, specific, phase, why] = await endOf(service)
        assert.deepEqual([win32, specific, phase], [2, 0, 'fatal'])
        assert.match(String(why), /not found/)
        assert.match(service.log(), /C:\\no\\such/)
      }),
  )

  test('S04 a record that somebody has changed is not lived by', { timeout: 60_000 }, () =>
    withProgram({ command: [program('exits'), '0'] }, async (service) => {
      const record = join(service.home, 'specs', `${service.name}.json`)
      writeFileSync(record, readFileSync(record, 'utf8').replace('"0"', '"9"'))
      await service.start()
      assert.equal((await endOf(service))[0], 1066)
      assert.match(service.log(), /not the record that was installed/)
    }),
  )

  test('S04 a file that is no program fails at once, with its number', { timeout: 60_000 }, () => {
    const file = join(folder, 'text.exe')
    writeFileSync(file, 'not a program')
    return started({ command: [file] }, async (service) => {
      assert.deepEqual((await endOf(service)).slice(0, 3), [193, 0, 'fatal'])
    })
  })

  test('a batch file ends its service with its code', { timeout: 60_000 }, () => {
    const file = join(folder, 'with blank.bat')
    const out = join(folder, 'batch.out')
    writeFileSync(file, '@echo "%~1"> "%~2"\r\n@exit /b 7\r\n')
    return started({ command: [file, 'a & b', out], restart: 'no' }, async (service) => {
      assert.deepEqual((await endOf(service)).slice(0, 2), [1066, 7])
      assert.equal(readFileSync(out, 'utf8').trim(), '"a & b"')
    })
  })
})

describe('what a program gets', () => {
  test('P09 arguments, start arguments, variables and directory, exactly', {
    timeout: 60_000,
  }, () => {
    const out = join(folder, 'told.bin')
    const cwd = join(folder, 'work 空')
    mkdirSync(cwd)
    const words = ['two words', 'say "hi"', 'C:\\ends with\\', '%PATH%', '', '漢字', '$x;&|']
    const env = {
      Path: `${folder};C:\\tools`,
      FIXTURE_OUT: out,
      HOSTILE: ' a"b %TEMP% 漢字 \\',
      EMPTY: '',
    }
    return withProgram({ command: [program('tells'), ...words], cwd, env }, async (service) => {
      await service.start('start', 'a "b" c')
      assert.deepEqual((await endOf(service)).slice(0, 2), [0, 0])
      const told = readFileSync(out, 'utf8')
        .split('\0')
        .map((line) => line.split('\t', 2) as [kind: string, text: string])
      const of = (kind: string): string[] =>
        told.filter(([one]) => one === kind).map(([, text]) => text)
      assert.deepEqual(of('argument'), [...words, 'start', 'a "b" c'])
      assert.equal(of('directory')[0], cwd)
      const variables = of('variable')
      for (const [name, value] of Object.entries(env))
        assert.ok(variables.includes(`${name}=${value}`), name)
      // Whatever the guard has under a name in another case, there is one of it.
      assert.equal(variables.filter((text) => /^path=/i.test(text)).length, 1)
      assert.ok(variables.includes(`STEAD_SERVICE=${service.name}`))
    })
  })
})

describe('a stop', () => {
  test('P01 P02 ends a program that ignores it after the declared time, and all of its tree', {
    timeout: 90_000,
  }, () => {
    const settings = {
      command: [program('family'), '2', `"${program('stubborn')}"`],
      stop: [
        { signal: 'SIGTERM', wait: '700ms' },
        { signal: 'SIGKILL', to: 'tree' },
      ],
    }
    return started(settings, async (service) => {
      await service.reaches('running')
      const pids = await until('the whole tree has told its pids', () => {
        const found = [...service.log().matchAll(/(?:pid|ready) (\d+)/g)].map(([, pid]) =>
          Number(pid),
        )
        return found.length >= 4 ? found : null
      })
      assert.ok(pids.every(isAlive))
      await service.control(STOP)
      await service.reaches('stop-pending', 5_000)
      const { win32ExitCode } = await service.reaches('stopped')
      assert.equal(win32ExitCode, 0)
      assert.deepEqual(pids.filter(isAlive), [])
    })
  })

  test('L04 is not held up by a restart that is due', { timeout: 60_000 }, () =>
    started(
      { command: [program('exits'), '1'], restart: { delay: '10m', immediate: 0 } },
      async (service) => {
        await until('the program is to be restarted', () => /backoff/.test(service.log()), 60_000)
        await service.control(STOP)
        const { win32ExitCode } = await service.reaches('stopped', 10_000)
        assert.equal(win32ExitCode, 0)
      },
    ),
  )

  test('S03 during a start ends it', { timeout: 60_000 }, () =>
    started({ command: [program('polite')], ready: { log: 'never' } }, async (service) => {
      await until('the program lives', () => /ready \d+/.test(service.log()), 60_000)
      assert.equal((await service.status()).state, 'start-pending')
      await service.control(STOP)
      const { win32ExitCode } = await service.reaches('stopped', 20_000)
      assert.equal(win32ExitCode, 0)
    }),
  )
})
