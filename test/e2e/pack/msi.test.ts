/**
 * MSIs of a stand-in, `test/fixtures/windows/packed.c`, by msiexec on a Windows of their own in Wine. The Windows
 * Installer of Wine keeps no copies of files that it replaces, so a failure behind InstallFiles, as of a newer version
 * that does not start, cannot be shown to bring the older files back; and it replaces files that somebody has changed.
 * What of a rollback is the package's own is shown.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { msiFormat } from '../../../src/pack/msi/msi-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms } from '../../fixtures/windows-programs.ts'
import { bootWindows, page, type Windows } from './windows.ts'
import { INSTALL_FAILURE, msiexec, residue, TAKEN_BACK_IN_WINE } from './windows-installer.ts'
import { standInForWindows } from './windows-product.ts'

const SERVICE = 'stead-packed'
/** Without what is beyond Latin-1, which wixl cannot take. */
const DISPLAY_NAME = 'Stead $INSTDIR & [TARGETDIR] Hellö'
const FOLDER = `C:\\Program Files\\${DISPLAY_NAME}`
const STOPPED = 1
const RUNNING = 4
/**
 * What Wine does on its own: with the key of a source of events it takes the key above, as nothing else is in it (there
 * is, on Windows); and a rollback leaves the keys of components without their values.
 */
const OF_WINE =
  /^(- \[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services\\Eventlog\\Application\]|\+ \[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\[0-9A-F]{32}\]) (\[.*\])?$/
const builder = formatBuilder(msiFormat, nodeCommandRunner())
const work = temporaryDirectory('msi')
compileWindowsPrograms()

async function msiOf(
  version: string,
  label = version,
  spec = {},
  behaviour = version,
): Promise<string> {
  const out = join(work, `out ${label}`)
  mkdirSync(out)
  const product = standInForWindows(join(work, `staged-${label}`), version, behaviour, {
    displayName: DISPLAY_NAME,
    ...spec,
  })
  return (await builder.build(product, out)).path
}

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
  let one: string
  let two: string

  beforeAll(async () => {
    port = await freePort()
    one = await msiOf('1.0.0')
    two = await msiOf('1.1.0')
    windows = await bootWindows()
    before = await windows.everything()
  })
  afterAll(() => windows?.prefix.dispose())

  const file = (path: string): string => windows.unix(`${FOLDER}\\${path}`)
  const install = (msi: string, ...properties: string[]) =>
    msiexec(windows, '/i', msi, ...properties)

  test.each([
    ['AUTOSTART=2'],
    ['RESTART=sometimes'],
    ['ENV_PORT=1" --user LocalSystem'],
    ['ENV_PORT=1\\'],
  ])('refuses %s before anything is changed', async (property) => {
    expect(await install(one, property)).toBe(INSTALL_FAILURE)
    expect(await residue(windows, before)).toEqual([])
  })

  test('is told by nobody but the registry what is installed', async () => {
    const facts = ['FOUND_REGISTRATION=install', 'FOUND_OWNER=x', 'FOUND_PREVIOUSDIRECTORY=C:\\x']
    expect(await install(one, ...facts)).toBe(0)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await msiexec(windows, '/x', one, ...facts)).toBe(0)
    expect(await residue(windows, before)).toEqual([])
  })

  test('is taken back whole where its service does not start', async () => {
    const broken = await msiOf('1.0.0', 'broken', {}, 'broken')
    expect(await install(broken)).toBe(TAKEN_BACK_IN_WINE)
    expect((await residue(windows, before)).filter((line) => !OF_WINE.test(line))).toEqual([])
  })

  test('installs without a window: the service runs, with the settings of the command line', async () => {
    expect(await install(one, `ENV_PORT=${port}`)).toBe(0)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.0.0')
    expect(await windows.startType(SERVICE)).toBe(2)
    expect(readFileSync(file('texts/read me.txt'), 'utf8')).toBe('This is 1.0.0.\n')
  })

  test('is not moved to another directory by an upgrade', async () => {
    expect(await install(two, 'INSTALLDIR=C:\\elsewhere')).toBe(INSTALL_FAILURE)
    expect(existsSync(windows.unix('C:\\elsewhere'))).toBe(false)
  })

  test('upgrades while the service runs, and keeps the settings that were chosen', async () => {
    expect(await install(two)).toBe(0)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
    expect(existsSync(file('only-in-1.0.0.txt'))).toBe(false)
    expect(existsSync(file('only-in-1.1.0.txt'))).toBe(true)
  })

  test('replaces a version with the same three numbers, which are all that Windows compares', async () => {
    for (const version of ['1.1.0-rc.1', '1.1.0']) {
      expect(await install(version === '1.1.0' ? two : await msiOf(version))).toBe(0)
      expect(await page(port)).toBe(`Hello "from" the pack file ${version}`)
      expect(existsSync(file('only-in-1.1.0.txt'))).toBe(version === '1.1.0')
    }
  })

  test('refuses a downgrade, and what is installed runs on', async () => {
    expect(await install(one)).toBe(INSTALL_FAILURE)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
  })

  test('uninstalls: no file, key or service is left', async () => {
    expect(await msiexec(windows, '/x', two)).toBe(0)
    expect(await residue(windows, before)).toEqual([])
  })

  test('uninstalls what has lost its executable', async () => {
    expect(await install(one)).toBe(0)
    await windows.run('sc.exe', 'stop', SERVICE)
    await until('it is stopped', async () => (await windows.state(SERVICE)) === STOPPED)
    rmSync(file('stead-packed.exe'))
    expect(await msiexec(windows, '/x', one)).toBe(0)
    expect((await residue(windows, before)).filter((line) => !OF_WINE.test(line))).toEqual([])
  })

  test('installs where INSTALLDIR says, and with AUTOSTART=0 starts nothing', async () => {
    expect(await install(one, 'INSTALLDIR=C:\\elsewhere', 'AUTOSTART=0')).toBe(0)
    expect(existsSync(windows.unix('C:\\elsewhere\\stead-packed.exe'))).toBe(true)
    expect(await windows.state(SERVICE)).toBe(STOPPED)
    expect(await windows.startType(SERVICE)).toBe(3)
    expect(await msiexec(windows, '/x', one)).toBe(0)
    expect(await residue(windows, before)).toEqual([])
  })
})
