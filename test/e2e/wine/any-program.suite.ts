/** `stead install NAME -- any.exe`: how the ends of unmodified programs are told to the SCM. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from '../../contract/harness.ts'
import { endOf, programFolder, started, withProgram } from './any-program-room.ts'

const programs = programFolder()
const { path: folder, program } = programs
after(programs.remove)

describe('the end of a program is the end of its service:', () => {
  test('exit 7 is 1066 with 7, and status says so', {}, () =>
    started({ command: [program('exits'), '7'], restart: 'no' }, async (service) => {
      assert.deepEqual(await endOf(service), [1066, 7, 'fatal', 'it ended with code 7'])
      assert.match(service.log(), /<3> stopped, code 7/)
    }),
  )

  test('S05 success is 0, and nothing starts it again', {}, () =>
    started({ command: [program('exits'), '0'] }, async (service) => {
      assert.deepEqual(await endOf(service), [0, 0, 'stopped', null])
    }),
  )

  test('S05 restarts that do not help end with the code of the last', {}, () =>
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

  test('a crash is 1066 with its number, in words', {}, () =>
    started({ command: [program('crashes')], restart: 'no' }, async (service) => {
      assert.deepEqual(await endOf(service), [
        1066,
        0xc0000005,
        'fatal',
        'it ended with code 3221225477 (0xC0000005, access violation)',
      ])
    }),
  )

  test('S04 a working directory that is not there fails at once, with its number', {}, () =>
    started({ command: [program('exits'), '0'], cwd: 'C:\\no\\such' }, async (service) => {
      const [win32, specific, phase, why] = await endOf(service)
      assert.deepEqual([win32, specific, phase], [2, 0, 'fatal'])
      assert.match(String(why), /not found/)
      assert.match(service.log(), /C:\\no\\such/)
    }),
  )

  test('S04 a record that somebody has changed is not lived by', {}, () =>
    withProgram({ command: [program('exits'), '0'] }, async (service) => {
      const record = join(service.home, 'specs', `${service.name}.json`)
      writeFileSync(record, readFileSync(record, 'utf8').replace('"0"', '"9"'))
      await service.start()
      assert.equal((await endOf(service))[0], 1066)
      assert.match(service.log(), /not the record that was installed/)
    }),
  )

  test('S04 a file that is no program fails at once, with its number', {}, () => {
    const file = join(folder, 'text.exe')
    writeFileSync(file, 'not a program')
    return started({ command: [file] }, async (service) => {
      assert.deepEqual((await endOf(service)).slice(0, 3), [193, 0, 'fatal'])
    })
  })

  test('a batch file ends its service with its code', {}, () => {
    const file = join(folder, 'with blank.bat')
    const out = join(folder, 'batch.out')
    writeFileSync(file, '@echo "%~1"> "%~2"\r\n@echo last words\r\n@exit /b 7\r\n')
    return started({ command: [file, 'a & b', out], restart: 'no' }, async (service) => {
      assert.deepEqual((await endOf(service)).slice(0, 2), [1066, 7])
      assert.equal(readFileSync(out, 'utf8').trim(), '"a & b"')
      const { status, output } = service.stead('explain', service.name)
      assert.equal(status, 0, output)
      assert.match(output, /fatal: it ended with code 7.*last words.*stopped, code 7.*stead start/s)
    })
  })
})
