/**
 * MSIs of a stand-in, `test/fixtures/windows/packed.c`, by msiexec on a Windows of their own in Wine. Its Windows
 * Installer is Wine's: what it cannot do is said where it is left out.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { msiFormat } from '../../../src/pack/msi/msi-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms } from '../../fixtures/windows-programs.ts'
import { windowsPath } from '../wine/prefix.ts'
import { bootWindows, freePort, page, type Windows } from './windows.ts'
import { standInForWindows } from './windows-product.ts'

const SERVICE = 'stead-packed'
/** Without what is beyond Latin-1, which wixl cannot take. */
const DISPLAY_NAME = 'Stead $INSTDIR & [TARGETDIR] Hellö'
const FOLDER = `C:\\Program Files\\${DISPLAY_NAME}`
const STOPPED = 1
const RUNNING = 4
/** ERROR_INSTALL_FAILURE */
const FAILED = 1603
const builder = formatBuilder(msiFormat, nodeCommandRunner())
const work = temporaryDirectory('msi')
compileWindowsPrograms()

async function msiOf(version: string, label = version, spec = {}): Promise<string> {
  const out = join(work, `out ${label}`)
  mkdirSync(out)
  const product = standInForWindows(join(work, `staged-${label}`), version, version, {
    displayName: DISPLAY_NAME,
    ...spec,
  })
  return (await builder.build(product, out)).path
}

/** Directories and keys without a value that Windows Installer has from its first work on, whatever it installs. */
const OF_THE_INSTALLER =
  /^\+ (\/windows\/Installer d|\[HKEY_LOCAL_MACHINE\\Software\\(Classes|Microsoft\\Windows\\CurrentVersion)\\Installer(\\[^\\\]]+){0,3}\])( ?| \[.*\])$/

describe('an MSI', () => {
  test('is the same to the byte in two builds', async () => {
    const first = readFileSync(await msiOf('3.0.0', 'first'))
    expect(first.equals(readFileSync(await msiOf('3.0.0', 'second')))).toBe(true)
  })

  test('has a new product code and package code for a new version, and the same upgrade code', async () => {
    const codesOf = (file: string): string[] => {
      const text = execFileSync('msiinfo', ['export', file, 'Property'], { encoding: 'utf8' })
      const summary = execFileSync('msiinfo', ['suminfo', file], { encoding: 'utf8' })
      const code = (name: string) => new RegExp(`^${name}\t(.*)$`, 'm').exec(text)?.[1] ?? ''
      const revision = /Revision number \(UUID\): (.*)$/m.exec(summary)?.[1] ?? ''
      return [code('UpgradeCode'), code('ProductCode'), revision]
    }
    const [upgrade, product, revision] = codesOf(await msiOf('3.1.0', 'a'))
    const [sameUpgrade, otherProduct, otherRevision] = codesOf(await msiOf('3.2.0', 'b'))
    expect(sameUpgrade).toBe(upgrade)
    expect(otherProduct).not.toBe(product)
    expect(otherRevision).not.toBe(revision)
  })

  test('of texts that wixl cannot take is refused before it is built', async () => {
    await expect(msiOf('1.0.0', 'chinese', { displayName: '你好' })).rejects.toMatchObject({
      code: 'PACK_FILE_INVALID',
      message: expect.stringContaining('"你好"'),
    })
  })
})

describe('an MSI on Windows', () => {
  let windows: Windows
  let before: ReadonlySet<string>
  let port: number
  const one = msiOf('1.0.0')
  const two = msiOf('1.1.0')

  beforeAll(async () => {
    port = await freePort()
    windows = await bootWindows()
    before = await windows.everything()
  })
  afterAll(() => windows?.prefix.dispose())

  const msiexec = async (verb: string, msi: Promise<string>, ...properties: string[]) =>
    (await windows.run('msiexec.exe', verb, windowsPath(await msi), '/qn', ...properties)).code
  const changes = async (): Promise<string[]> =>
    (await windows.changedSince(before)).filter((line) => !OF_THE_INSTALLER.test(line))
  const file = (path: string): string => windows.unix(`${FOLDER}\\${path}`)

  test('installs without a window: the service runs, with the settings of the command line', async () => {
    expect(await msiexec('/i', one, `ENV_PORT=${port}`)).toBe(0)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.0.0')
    expect(await windows.startType(SERVICE)).toBe(2)
    expect(readFileSync(file('texts/read me.txt'), 'utf8')).toBe('This is 1.0.0.\n')
  })

  test('upgrades while the service runs, and keeps the settings that were chosen', async () => {
    expect(await msiexec('/i', two)).toBe(0)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
    expect(existsSync(file('only-in-1.0.0.txt'))).toBe(false)
    expect(existsSync(file('only-in-1.1.0.txt'))).toBe(true)
  })

  test('refuses a downgrade, and what is installed runs on', async () => {
    expect((await msiexec('/i', one)) ?? 0).toBe(FAILED % 256)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
  })

  test('uninstalls: no file, key or service is left', async () => {
    expect(await msiexec('/x', two)).toBe(0)
    expect(await changes()).toEqual([])
  })

  test('installs where INSTALLDIR says, and with AUTOSTART=0 starts nothing', async () => {
    expect(await msiexec('/i', one, 'INSTALLDIR=C:\\elsewhere', 'AUTOSTART=0')).toBe(0)
    expect(existsSync(windows.unix('C:\\elsewhere\\stead-packed.exe'))).toBe(true)
    expect(await windows.state(SERVICE)).toBe(STOPPED)
    expect(await windows.startType(SERVICE)).toBe(3)
    expect(await msiexec('/x', one)).toBe(0)
    expect(await changes()).toEqual([])
  })
})
