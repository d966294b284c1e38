/**
 * Setup programs of a stand-in, `test/fixtures/windows/packed.c`, on a Windows of their own in Wine: its
 * Service Control Manager and registry are real code, its windows are not shown.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StagedProduct } from '../../../src/model/staged-product.ts'
import { nsisFormat } from '../../../src/pack/nsis/nsis-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms } from '../../fixtures/windows-programs.ts'
import { windowsPath } from '../wine/prefix.ts'
import { bootWindows, page, saidBySetup, type Windows } from './windows.ts'
import { NEWER_IS_INSTALLED } from './windows-installer.ts'
import { DISPLAY_NAME, FOLDER, standInForWindows } from './windows-product.ts'

const SERVICE = 'stead-packed'
const SERVICE_KEY = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${SERVICE}`
const UNINSTALL_KEY = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${SERVICE}`
const STOPPED = 1
const RUNNING = 4
const builder = formatBuilder(nsisFormat, nodeCommandRunner())
const work = temporaryDirectory('nsis')
compileWindowsPrograms()

async function setupOf(version: string, behaviour = version, label = behaviour): Promise<string> {
  const out = join(work, `out ${label}`)
  mkdirSync(out)
  const product = standInForWindows(join(work, `staged-${label}`), version, behaviour)
  return (await builder.build(product, out)).path
}

function withoutConfig(product: StagedProduct): StagedProduct {
  return { ...product, files: product.files.filter(({ config }) => !config) }
}

describe('a setup program', () => {
  test('is the same to the byte in two builds', async () => {
    const first = readFileSync(await setupOf('3.0.0', '3.0.0', 'first'))
    expect(first.equals(readFileSync(await setupOf('3.0.0', '3.0.0', 'second')))).toBe(true)
  })

  test.each([
    ['has no configuration', (product: StagedProduct) => withoutConfig(product)],
    [
      'is no service',
      (product: StagedProduct) => ({ ...product, spec: { ...product.spec, service: null } }),
    ],
    [
      'has neither licence nor homepage',
      (product: StagedProduct) => ({
        ...product,
        spec: { ...product.spec, license: null, homepage: null },
      }),
    ],
  ])('is made without a warning of a program that %s', async (label, change) => {
    const out = join(work, label)
    mkdirSync(out)
    const product = change(standInForWindows(join(work, `staged ${label}`), '1.0.0'))
    expect((await builder.build(product, out)).format).toBe('nsis')
  })
})

describe('a setup program on Windows', () => {
  let windows: Windows
  let before: ReadonlySet<string>
  let port: number
  const setups = new Map<string, Promise<string>>()

  beforeAll(async () => {
    port = await freePort()
    windows = await bootWindows()
    before = await windows.everything()
  })
  afterAll(() => windows?.prefix.dispose())

  const setup = async (version: string, behaviour: string, ...args: string[]) => {
    const built = setups.get(behaviour) ?? setupOf(version, behaviour)
    setups.set(behaviour, built)
    const result = await windows.run(windowsPath(await built), '/S', ...args)
    return { ...result, said: saidBySetup(windows, SERVICE) }
  }
  const reaches = (state: number) =>
    until(`its state is ${state}`, async () => (await windows.state(SERVICE)) === state)
  const file = (path: string): string => windows.unix(`${FOLDER}\\${path}`)
  const text = (path: string): string => readFileSync(file(path), 'utf8')

  test('installs without a window: the service runs, with the settings of the command line', async () => {
    const { code, said } = await setup('1.0.0', '1.0.0', `/ENV_PORT=${port}`)
    expect([code, said]).toEqual([0, ''])
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.0.0')
    expect(await windows.startType(SERVICE)).toBe(2)
    // reg.exe writes what its code page does not have as question marks.
    expect(await windows.value(SERVICE_KEY, 'ImagePath')).toBe(
      `"${FOLDER.replace('你好', '??')}\\stead-packed.exe"`,
    )
  })

  test('is shown in Add/Remove Programs and in the menu', async () => {
    const { stdout } = await windows.run('reg.exe', 'query', UNINSTALL_KEY)
    expect(stdout).toMatch(/DisplayVersion\s+REG_SZ\s+1\.0\.0/)
    expect(stdout).toMatch(/Publisher\s+REG_SZ\s+Stead Tests/)
    expect(stdout).toContain(DISPLAY_NAME.slice(0, 20))
    const menu = `C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\${DISPLAY_NAME}`
    expect(existsSync(windows.unix(`${menu}\\Uninstall.lnk`))).toBe(true)
  })

  test('upgrades while the service runs: files replaced, settings and changed configuration kept', async () => {
    writeFileSync(file('settings/app.yaml'), '# settings of the administrator\n')
    writeFileSync(file('data of a user.txt'), 'mine\n')
    const { code, said } = await setup('1.1.0', '1.1.0')
    expect([code, said]).toEqual([0, ''])
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
    expect(text('settings/app.yaml')).toBe('# settings of the administrator\n')
    expect(text('settings/app.yaml.default')).toBe('# settings of 1.1.0\n')
    expect(existsSync(file('only-in-1.0.0.txt'))).toBe(false)
    expect(existsSync(file('.previous'))).toBe(false)
    expect(text('data of a user.txt')).toBe('mine\n')
  })

  test.each([
    ['does not start', 'broken'],
    ['cannot be registered', 'unregistrable'],
  ])('takes an upgrade back that %s: the version before runs again', async (_, behaviour) => {
    const standing = await windows.everything()
    expect((await setup('1.2.0', behaviour)).code).toBe(2)
    expect(await windows.state(SERVICE)).toBe(RUNNING)
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
    expect(await windows.changedSince(standing)).toEqual([])
  })

  test('leaves a service stopped that was stopped, and refuses another directory', async () => {
    await windows.run('net.exe', 'stop', SERVICE)
    await reaches(STOPPED)
    expect((await setup('1.1.0', '1.1.0', '/D=C:\\elsewhere')).code).toBe(2)
    expect(existsSync(windows.unix('C:\\elsewhere'))).toBe(false)
    expect((await setup('1.1.0', '1.1.0')).code).toBe(0)
    expect(await windows.state(SERVICE)).toBe(STOPPED)
    await windows.run('net.exe', 'start', SERVICE)
    await reaches(RUNNING)
  })

  test.each([
    ['with a quote', '/ENV_PORT=1"', /ENV_PORT=/],
    ['with a backslash at its end', '/ENV_PORT=1\\', /ENV_PORT=/],
    ['that is none of its words', '/AUTOSTART=perhaps', /AUTOSTART=perhaps/],
    ['that has been cut off', `/ENV_PORT=${'1'.repeat(1100)}`, /too long together/],
    ['that a command has no room for', `/ENV_PORT=${'1'.repeat(850)}`, /too long together/],
  ])('refuses a setting %s, and what is installed stays', async (_, setting, words) => {
    const { code, said } = await setup('1.1.0', '1.1.0', setting)
    expect(code).toBe(2)
    expect(said).toMatch(words)
    expect(said).not.toContain('there before is there again')
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
  })

  test('refuses an older version, and what is installed runs on as it was', async () => {
    const standing = await windows.everything()
    const { code, said } = await setup('1.0.0', '1.0.0', `/ENV_PORT=${port + 1}`)
    expect(code).toBe(NEWER_IS_INSTALLED)
    expect(said).toContain('newer version is installed already')
    expect(said).toContain('1.1.0 > 1.0.0')
    expect(said).toContain('/ALLOW_OLDER=1')
    expect((await setup('1.1.0-rc.10', '1.1.0-rc.10')).code).toBe(NEWER_IS_INSTALLED)
    expect((await setup('1.0.0', '1.0.0', '/ALLOW_OLDER=perhaps')).code).toBe(2)
    expect(await windows.changedSince(standing)).toEqual([])
    expect(await page(port)).toBe('Hello "from" the pack file 1.1.0')
  })

  test('goes back where it is told to, once, and on from a preview to later ones', async () => {
    for (const [version, allow, code] of [
      ['1.1.0-rc.10', ['/ALLOW_OLDER=1'], 0],
      ['1.1.0-rc.9', [], NEWER_IS_INSTALLED],
      ['1.1.0', [], 0],
    ] as const) {
      expect((await setup(version, version, ...allow)).code, `${version} ${allow}`).toBe(code)
      const stands = code === 0 ? version : '1.1.0-rc.10'
      expect(await page(port)).toBe(`Hello "from" the pack file ${stands}`)
    }
  })

  test('uninstalls: no file, key, service or event source is left, but a user’s own files', async () => {
    const { code } = await windows.run(`${FOLDER}\\uninstall.exe`, '/S')
    expect(code).toBe(0)
    // It goes on as a copy of itself, so that it can remove its own file.
    await until(
      'the uninstaller has come to its last step',
      async () =>
        !existsSync(file('uninstall.exe')) &&
        (await windows.value(UNINSTALL_KEY, 'DisplayVersion')) === null,
    )
    expect(await windows.changedSince(before)).toEqual([
      `+ /Program Files/${DISPLAY_NAME} d`,
      `+ /Program Files/${DISPLAY_NAME}/data of a user.txt f`,
    ])
  })

  test('takes back a first installation that fails: nothing is left', async () => {
    const standing = await windows.everything()
    for (const behaviour of ['broken', 'unregistrable']) {
      expect((await setup('1.2.0', behaviour, '/D=C:\\elsewhere')).code).toBe(2)
      expect(await windows.changedSince(standing)).toEqual([])
    }
  })

  test('installs in another directory, and neither starts nor enables the service when told so', async () => {
    expect((await setup('1.0.0', '1.0.0', '/AUTOSTART=0', '/D=C:\\elsewhere')).code).toBe(0)
    expect(await windows.state(SERVICE)).toBe(STOPPED)
    expect(await windows.startType(SERVICE)).toBe(3)
    expect(await windows.value(SERVICE_KEY, 'ImagePath')).toBe('"C:\\elsewhere\\stead-packed.exe"')
  })
})
