import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../test/contract/until.ts'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import { LONGEST_FILE } from '../model/parameter-channel.ts'
import { makeParameterDirectory, parameterFiles, serviceParameters } from './parameter-files.ts'

const ASKED = { number: 1, set: {} }

describe('the files of parameters', () => {
  test('are replaced as a whole, for others to read, and nothing else stays behind', () => {
    const directory = join(temporaryDirectory('parameters'), 'a', 'web')
    makeParameterDirectory(directory, null)
    const files = parameterFiles(directory)
    files.ask(ASKED)
    files.ask({ ...ASKED, number: 2 })
    expect(files.asked()).toEqual({ number: 2, set: {} })
    expect(readdirSync(directory)).toEqual(['asked.json'])
    if (process.platform === 'win32') return
    expect(statSync(join(directory, 'asked.json')).mode & 0o777).toBe(0o644)
    expect(statSync(directory).mode & 0o777).toBe(0o755)
  })

  test.skipIf(process.platform === 'win32')(
    'are read without following a link, waiting for a pipe, or reading without end',
    () => {
      const directory = temporaryDirectory('parameters')
      const files = parameterFiles(directory)
      const told = join(directory, 'told.json')
      files.ask(ASKED)
      symlinkSync(join(directory, 'asked.json'), told)
      expect(files.told()).toBeNull()
      execFileSync('rm', [told])
      execFileSync('mkfifo', [told])
      expect(files.told()).toBeNull()
      execFileSync('rm', [told])
      mkdirSync(told)
      expect(files.told()).toBeNull()
      execFileSync('rmdir', [told])
      writeFileSync(told, ' '.repeat(LONGEST_FILE + 1))
      expect(files.told()).toBeNull()
    },
  )

  test('are not there where there is no directory, and cannot be written', () => {
    const files = parameterFiles(join(temporaryDirectory('parameters'), 'none'))
    expect([files.asked(), files.told()]).toEqual([null, null])
    expect(() => files.ask(ASKED)).toThrow(/ENOENT/)
  })

  test('tell of each change, for as long as that is asked for', async () => {
    const directory = join(temporaryDirectory('parameters'), 'web')
    const service = serviceParameters(directory, 'a.b.1.1')
    let seen = 0
    const unwatch = service.watch(() => {
      seen = service.asked()?.number ?? 0
    })
    const files = parameterFiles(directory)
    for (const number of [1, 2]) {
      files.ask({ ...ASKED, number })
      await until(`request ${number} is seen`, () => seen === number)
    }
    unwatch()
    service.tell({ number: 2, declared: [], values: {}, refused: null })
    expect(files.told()).toMatchObject({ number: 2, life: 'a.b.1.1' })
  })
})
