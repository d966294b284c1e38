/** The example as it is packed for Windows, no stand-in: its setup program on a Windows of its own in Wine. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { windowsPath } from '../wine/prefix.ts'
import { pack, ROOT } from './packed.ts'
import { bootWindows, freePort, page, type Windows } from './windows.ts'

const RUNNING = 4
const FOLDER = 'C:\\Program Files\\Hello'
const KEY = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\hello'
const work = temporaryDirectory('packed-setup')

const packFile = (version: string): string => `
entry: ${JSON.stringify(join(ROOT, 'examples', 'hello', 'app.ts'))}
name: hello
displayName: Hello
description: Says hello over HTTP
version: ${version}
publisher: Stead Tests
targets: [win-x64]
formats: [nsis]
compression: fast
files: [{ from: greeting.txt, to: greeting.txt, config: true }]
service:
  env: { PORT: "8080" }
  config: greeting.txt
`

/** Its setup program, as stead pack makes it. */
function setupOf(version: string): string {
  const file = join(work, `${version}.yaml`)
  writeFileSync(file, packFile(version))
  const { code, stderr } = pack(['-f', file, '-o', join(work, 'out')])
  if (code !== 0) throw new Error(stderr)
  return windowsPath(join(work, 'out', `hello_${version}_win_x64_setup.exe`))
}

describe('the example, packed and set up on Windows', () => {
  let windows: Windows
  let before: ReadonlySet<string>
  let port: number
  let setup: string

  beforeAll(async () => {
    writeFileSync(join(work, 'greeting.txt'), 'Servus\n')
    setup = setupOf('1.0.0')
    port = await freePort()
    windows = await bootWindows()
    before = await windows.everything()
  })
  afterAll(() => windows?.prefix.dispose())

  test('runs, with the settings of the command line', async () => {
    // The Service Control Manager of Wine 8 has no failure actions.
    const { code } = await windows.run(setup, '/S', `/ENV_PORT=${port}`, '/RESTART=no')
    expect(code).toBe(0)
    expect(await windows.state('hello')).toBe(RUNNING)
    expect(await page(port)).toBe('Servus')
    expect((await windows.run(`${FOLDER}\\hello.exe`, 'status')).code).toBe(0)
  })

  test('becomes 1.1.0 while it runs, with the settings that were chosen', async () => {
    expect((await windows.run(setupOf('1.1.0'), '/S')).code).toBe(0)
    expect(await windows.state('hello')).toBe(RUNNING)
    expect(await page(port)).toBe('Servus')
    expect(await windows.value(KEY, 'DisplayVersion')).toBe('1.1.0')
  })

  test('is uninstalled, and nothing is left', async () => {
    expect((await windows.run(`${FOLDER}\\uninstall.exe`, '/S')).code).toBe(0)
    await until(
      'the uninstaller has come to its last step',
      async () => (await windows.value(KEY, 'DisplayVersion')) === null,
      60_000,
    )
    expect(existsSync(windows.unix(FOLDER))).toBe(false)
    expect(await windows.changedSince(before)).toEqual([])
  })
})
