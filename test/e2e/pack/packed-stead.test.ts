/** stead itself, packed by itself for Windows: the command and its guard, on a Windows of its own in Wine. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { pack, STEAD, unpack } from './packed.ts'
import { bootWindows, type Windows } from './windows.ts'

const FOLDER = 'C:\\Stead'
const work = temporaryDirectory('packed-stead')

describe('stead, packed for Windows', () => {
  let windows: Windows
  const stead = (...words: string[]) => windows.run(`${FOLDER}\\stead.exe`, ...words)

  beforeAll(async () => {
    compileWindowsPrograms()
    const { code, stderr } = pack(['-f', STEAD, '-o', work, '--only', 'win-x64'])
    if (code !== 0) throw new Error(stderr)
    windows = await bootWindows()
    const folder = windows.unix(FOLDER)
    mkdirSync(folder)
    unpack(join(work, readdirSync(work).find((name) => name.endsWith('.zip')) ?? ''), folder)
    copyFileSync(windowsProgram('polite'), join(folder, 'polite.exe'))
    const polite = { command: [`${FOLDER}\\polite.exe`, '0'] }
    writeFileSync(join(folder, 'stead.yaml'), JSON.stringify({ services: { polite } }))
  })
  afterAll(() => windows?.prefix.dispose())

  test('says its version', async () => {
    const { code, stdout } = await stead('--version')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\s*$/)
  })

  test('keeps programs: the guard, its threads and its own processes are inside', async () => {
    try {
      expect(await stead('up', '-d', '-f', `${FOLDER}\\stead.yaml`)).toMatchObject({ code: 0 })
      await until('the program runs', async () => (await stead('status', 'polite')).code === 0)
      expect(await stead('stop', 'polite')).toMatchObject({ code: 0 })
      // It heard the Ctrl-C that only a process on its own console can send.
      const heard = async (): Promise<boolean> =>
        (await stead('logs', 'polite')).stdout.includes('event 0')
      await until('its last words are in its log', heard)
    } finally {
      expect(await stead('down')).toMatchObject({ code: 0 })
    }
  })
})
