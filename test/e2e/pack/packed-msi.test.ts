/**
 * The example as it is packed for Windows, no stand-in: its MSI by msiexec on a Windows of its own in Wine. See
 * msi.test.ts for what the Windows Installer of Wine cannot show.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WINDOWS_EVENTS } from '../../../src/model/windows-events.ts'
import { windowsFileVersion } from '../../../src/platform/pack/windows-file-version.ts'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { windowsPath } from '../wine/prefix.ts'
import { keygen, pack, ROOT } from './packed.ts'
import { bootWindows, page, type Windows } from './windows.ts'
import { INSTALL_FAILURE, msiexec, residue, TAKEN_BACK_IN_WINE } from './windows-installer.ts'

const RUNNING = 4
const FOLDER = 'C:\\Program Files\\Hello'
const EXECUTABLE = `${FOLDER}\\hello.exe`
const SERVICE_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\hello'
const work = temporaryDirectory('packed-msi')

const packFile = (version: string): string => `
entry: ${JSON.stringify(join(ROOT, 'examples', 'hello', 'app.ts'))}
name: hello
displayName: Hello
description: Says hello over HTTP
version: ${version}
publisher: Stead Tests
targets: [win-x64]
formats: [msi]
compression: fast
update: { publicKey: release.key.pub }
service:
  env: { PORT: "8080", GREETING: Servus }
`

/** Its MSI, as stead pack makes it. */
function msiOf(version: string): string {
  const file = join(work, `${version}.yaml`)
  writeFileSync(file, packFile(version))
  const { code, stderr } = pack(['-f', file, '-o', join(work, 'out')])
  if (code !== 0) throw new Error(stderr)
  return join(work, 'out', `hello_${version}_win_x64.msi`)
}

describe('the example, packed and installed by Windows Installer', () => {
  let windows: Windows
  let before: ReadonlySet<string>
  let port: number
  let one: string
  let two: string

  beforeAll(async () => {
    keygen(join(work, 'release.key'))
    one = msiOf('1.0.0')
    two = msiOf('1.1.0')
    port = await freePort()
    windows = await bootWindows()
    before = await windows.everything()
  })
  afterAll(() => windows?.prefix.dispose())

  // The Service Control Manager of Wine 8 has no failure actions.
  const install = (msi: string, ...properties: string[]) =>
    msiexec(windows, '/i', msi, 'RESTART=no', ...properties)
  const healthy = async (): Promise<unknown> => JSON.parse(await page(port, '/healthz'))

  test('runs, with the settings of the command line', async () => {
    expect(await install(one, `ENV_PORT=${port}`, 'ENV_GREETING=Moin')).toBe(0)
    expect(await windows.state('hello')).toBe(RUNNING)
    expect(await healthy()).toMatchObject({ ok: true })
    expect(await page(port)).toBe('Moin')
    expect((await windows.run(EXECUTABLE, 'status')).stdout).toContain('manager:   scm, system\n')
    expect(await windows.value(SERVICE_KEY, 'ImagePath')).toBe(`"${EXECUTABLE}"`)
  })

  test('does not update itself until that is switched on, and says who can allow it', async () => {
    const { code, stderr } = await windows.run(EXECUTABLE, 'update', '--from', 'C:\\x.json')
    expect(code).toBe(2)
    expect(stderr).toContain('UPDATE_UNSUPPORTED')
    expect(stderr).toMatch(/hint: an administrator allows them .*ENABLE_UPDATE=1 \(MSI\)/)
  })

  test('becomes 1.1.0 while it runs, with the settings that were chosen', async () => {
    expect(await windowsFileVersion(windows.unix(EXECUTABLE))).toBe('1.0.0.0')
    expect(await install(two, 'ENABLE_UPDATE=1')).toBe(0)
    expect(await windows.state('hello')).toBe(RUNNING)
    expect(await page(port)).toBe('Moin')
    expect(await windowsFileVersion(windows.unix(EXECUTABLE))).toBe('1.1.0.0')
    const { stderr } = await windows.run(EXECUTABLE, 'update', '--from', 'C:\\x.json')
    expect(stderr).toContain('UPDATE_UNREADABLE')
  })

  test('refuses to become 1.0.0 again, and runs on', async () => {
    expect(await install(one)).toBe(INSTALL_FAILURE)
    expect(await healthy()).toMatchObject({ ok: true })
    expect(await windowsFileVersion(windows.unix(EXECUTABLE))).toBe('1.1.0.0')
  })

  test('is registered by what a rollback has, as it was before', async () => {
    const was = await serviceKey(windows)
    const command = await windows.value('HKLM\\Software\\hello', 'Registration')
    // No value in it has a blank.
    const words = (command ?? '').replaceAll('"', '').split(' ')
    expect(words).toContain(`PORT=${port}`)
    expect((await windows.run(EXECUTABLE, 'uninstall')).code).toBe(0)
    expect(await windows.state('hello')).toBe(null)
    expect((await windows.run(EXECUTABLE, ...words)).code).toBe(0)
    expect(await serviceKey(windows)).toBe(was)
    expect((await windows.run('sc.exe', 'start', 'hello')).code).toBe(0)
    await until('it runs', async () => (await windows.state('hello')) === RUNNING, 60_000)
    expect(await page(port)).toBe('Moin')
  })

  test('is uninstalled, and nothing is left', async () => {
    // As an update of the program by itself would leave it.
    mkdirSync(windows.unix(`${FOLDER}\\versions\\1.2.0`), { recursive: true })
    writeFileSync(windows.unix(`${FOLDER}\\versions\\1.2.0\\hello.exe`), '')
    expect(await msiexec(windows, '/x', two)).toBe(0)
    expect(existsSync(windows.unix(FOLDER))).toBe(false)
    expect(await residue(windows, before)).toEqual([])
  })

  test('that cannot be registered leaves the reason in the Event Log, and is taken back', async () => {
    // The Service Control Manager of Wine has no failure actions.
    const words = ['/i', windowsPath(one), '/qn', 'RESTART=on-failure']
    // Wine keeps no records: it traces what it is told.
    const env = { WINEDEBUG: '+eventlog' }
    const ended = await windows.prefix.run('msiexec.exe', words, { timeout: 120_000, env })
    expect(ended.code).toBe(TAKEN_BACK_IN_WINE)
    const id = WINDOWS_EVENTS['not-installed'].id.toString(16)
    expect(ended.stderr).toMatch(new RegExp(`ReportEventW \\(\\w+,0x0001,0x0000,0x0*${id},`))
    const told = /ReportEventW L"hello"\n.*ReportEventW L"UNSUPPORTED: scm cannot honour .* restart/
    expect(ended.stderr).toMatch(told)
    expect(await windows.state('hello')).toBe(null)
  })
})

/** All that Windows keeps of the service. */
async function serviceKey(windows: Windows): Promise<string> {
  const { code, stdout, stderr } = await windows.run('reg.exe', 'query', SERVICE_KEY, '/s')
  if (code !== 0) throw new Error(`reg.exe ended with ${code}: ${stderr}`)
  return stdout
}
