/** What an unmodified program gets as a service, and how it is stopped. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { endOf, isAlive, programFolder, started, withProgram } from './any-program-room.ts'

const STOP = 1
const programs = programFolder()
const { path: folder, program } = programs
after(programs.remove)

describe('what a program gets', () => {
  test('P09 arguments, start arguments, variables and directory, exactly', {}, () => {
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
  test('P01 P02 ends a program that ignores it after the declared time, and all of its tree', {}, () => {
    const settings = {
      command: [program('family'), '2', `"${program('stubborn')}"`],
      stop: [
        // As long as this it is on its way to its end, and is seen there.
        { signal: 'SIGTERM', wait: '4s' },
        { signal: 'SIGKILL', to: 'tree' },
      ],
    }
    return started(settings, async (service) => {
      await service.reaches('running')
      const pids = await until('the whole tree has told its pids', () => {
        const found = [...service.log().matchAll(/(?:pid|ready) (\d+)\s/g)].map(([, pid]) =>
          Number(pid),
        )
        return found.length >= 4 ? found : null
      })
      assert.ok(pids.every(isAlive))
      await service.control(STOP)
      await service.reaches('stop-pending')
      const { win32ExitCode } = await service.reaches('stopped')
      assert.equal(win32ExitCode, 0)
      assert.deepEqual(pids.filter(isAlive), [])
    })
  })

  test('L04 is not held up by a restart that is due', {}, () =>
    started(
      { command: [program('exits'), '1'], restart: { delay: '10m', immediate: 0 } },
      async (service) => {
        await until('the program is to be restarted', () => /backoff/.test(service.log()), 60_000)
        await service.control(STOP)
        const { win32ExitCode } = await service.reaches('stopped')
        assert.equal(win32ExitCode, 0)
      },
    ),
  )

  test('S03 during a start ends it', {}, () =>
    started({ command: [program('polite')], ready: { log: 'never' } }, async (service) => {
      await until('the program lives', () => /ready \d+/.test(service.log()), 60_000)
      assert.equal((await service.status()).state, 'start-pending')
      await service.control(STOP)
      const { win32ExitCode } = await service.reaches('stopped')
      assert.equal(win32ExitCode, 0)
    }),
  )
})
