/**
 * stead itself, packed by itself for every target: what is in its archives, and the command and its guard on
 * this machine and on a Windows of its own in Wine.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PACK_TARGETS, type PackTarget } from '../../../src/model/pack-spec.ts'
import { until } from '../../contract/until.ts'
import { verifiedIdentifier } from '../../fixtures/mach-o.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { executableKind } from './executable-kind.ts'
import { pack, ROOT, STEAD, unpack, unpackedOnce } from './packed.ts'
import { bootWindows, type Windows } from './windows.ts'

const FOLDER = 'C:\\Stead'
const work = temporaryDirectory('packed-stead')
const out = join(work, 'out')
const unpacked = unpackedOnce(out, work)
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
}

beforeAll(() => {
  const { code, stderr } = pack(['-f', STEAD, '-o', out])
  if (code !== 0) throw new Error(stderr)
}, 900_000)

describe('stead, packed by itself for all targets on this machine', () => {
  const executable = (target: PackTarget): string =>
    join(unpacked(target), target === 'win-x64' ? 'stead.exe' : 'stead')

  test('is an archive and a list of what is inside for each, and checksums that hold', () => {
    expect(readdirSync(out).sort()).toEqual(
      [
        `stead_${version}_checksums.txt`,
        ...['darwin_arm64', 'darwin_x64', 'linux_arm64', 'linux_x64'].flatMap((target) => [
          `stead_${version}_${target}.cdx.json`,
          `stead_${version}_${target}.tar.gz`,
        ]),
        `stead_${version}_win_x64.cdx.json`,
        `stead_${version}_win_x64.zip`,
      ].sort(),
    )
    execFileSync('sha256sum', ['-c', '--strict', `stead_${version}_checksums.txt`], { cwd: out })
  })

  test.each(PACK_TARGETS)('for %s is an executable of that system, and the licences', (target) => {
    const name = target === 'win-x64' ? 'stead.exe' : 'stead'
    expect(readdirSync(unpacked(target)).sort()).toEqual([
      'LICENSE.txt',
      'THIRD-PARTY-LICENSES.txt',
      name,
    ])
    expect(executableKind(executable(target))).toBe(target)
    const licences = readFileSync(join(unpacked(target), 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const word of ['koffi', 'zod', 'V8']) expect(licences).toContain(word)
  })

  test.each(['darwin-x64', 'darwin-arm64'] as const)(
    'is signed for %s, by nobody, to be started at all',
    (target) => {
      expect(verifiedIdentifier(readFileSync(executable(target)))).toBe('stead')
    },
  )

  test('is the same to the byte for Windows when it is packed again elsewhere', () => {
    const second = join(work, 'elsewhere', 'second')
    expect(pack(['-f', STEAD, '-o', second, '--only', 'win-x64'])).toMatchObject({ code: 0 })
    const names = readdirSync(second).filter((name) => !name.endsWith('checksums.txt'))
    expect(names).toHaveLength(2)
    for (const name of names)
      expect(readFileSync(join(out, name)).equals(readFileSync(join(second, name)))).toBe(true)
  })

  test('keeps programs: the guard, its threads and its own processes are inside', () => {
    const home = mkdtempSync(join(work, 'home-'))
    const file = join(home, 'stead.yaml')
    writeFileSync(
      file,
      'services:\n  echo:\n    command: [/bin/sh, -c, "echo ready; exec sleep 1000"]\n',
    )
    const env = {
      HOME: home,
      STEAD_HOME: join(home, 'stead'),
      CACHE_DIRECTORY: home,
      PATH: '/usr/bin:/bin',
    }
    const stead = (...words: string[]) =>
      spawnSync(executable('linux-x64'), words, { encoding: 'utf8', env, cwd: home })
    try {
      expect(stead('up', '-d', '-f', file)).toMatchObject({ status: 0 })
      expect(stead('status', 'echo', '--json').stdout).toContain('"running"')
      expect(stead('logs', 'echo').stdout).toContain('ready')
    } finally {
      expect(stead('down')).toMatchObject({ status: 0 })
    }
    expect(stead('pack').stderr).toContain('PLATFORM_UNSUPPORTED')
  })
})

describe('stead, packed for Windows', () => {
  let windows: Windows
  const stead = (...words: string[]) => windows.run(`${FOLDER}\\stead.exe`, ...words)

  beforeAll(async () => {
    compileWindowsPrograms()
    windows = await bootWindows()
    const folder = windows.unix(FOLDER)
    mkdirSync(folder)
    unpack(join(out, `stead_${version}_win_x64.zip`), folder)
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
