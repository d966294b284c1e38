/**
 * The example as it is packed for Windows, no stand-in, on a Windows of its own in Wine: by its verbs out of
 * an archive, by its setup program, and as it renews itself in both.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { freePort } from '../../fixtures/free-port.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { compileWindowsPrograms, windowsProgram } from '../../fixtures/windows-programs.ts'
import { fetchPackage, pinnedByLock } from '../wine/packages.ts'
import { windowsPath } from '../wine/prefix.ts'
import { damageAddon, unpack } from './packed.ts'
import { packForWindows } from './packed-windows.ts'
import { flipByte, type Publisher, publisher } from './published.ts'
import { bootWindows, page, saidBySetup, type Windows } from './windows.ts'
import { ALREADY_RUNNING, NEWER_IS_INSTALLED } from './windows-installer.ts'

const RUNNING = 4
const STOPPED = 1
const SERVICE_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\hello'
const ENTRY_KEY = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\hello'
const work = temporaryDirectory('packed-windows')
compileWindowsPrograms()

let windows: Windows
let ours: Publisher
/** The same publisher with the key that 1.1.0 knows first. */
let later: Publisher
let port: number
/** Where each version was packed. */
let packed: Readonly<Record<'1.0.0' | '1.1.0', string>>

beforeAll(async () => {
  ours = publisher(work, 'hello')
  const room = join(work, 'later-key')
  mkdirSync(room)
  later = publisher(room, 'hello')
  packed = {
    '1.0.0': packForWindows(work, '1.0.0', [ours]),
    '1.1.0': packForWindows(work, '1.1.0', [ours, later]),
  }
  port = await freePort()
  windows = await bootWindows()
})
afterAll(() => windows?.prefix.dispose())

const manifest = (directory: string): string => join(directory, 'hello_update.json')
/** The executable that the Service Control Manager starts. */
const image = () => windows.value(SERVICE_KEY, 'ImagePath')
const health = () => `http://127.0.0.1:${port}/healthz`

function update(folder: string, from: string, ...more: readonly string[]) {
  const where = from.startsWith('/') ? windowsPath(from) : from
  const words = ['update', '--from', where, '--trial', '100ms', ...more]
  return windows.run(`${folder}\\hello.exe`, ...words)
}

async function runs(executable: string): Promise<void> {
  expect(await image()).toBe(`"${executable}"`)
  expect(await windows.state('hello')).toBe(RUNNING)
  expect(await page(port, '/healthz')).toMatch(/"ok":true/)
}

describe('an archive, unpacked', () => {
  const FOLDER = 'C:\\Program Files\\From an archive'
  const hello = (...words: string[]) => windows.run(`${FOLDER}\\hello.exe`, ...words)
  const versions = () => readdirSync(windows.unix(`${FOLDER}\\versions`)).toSorted()
  const inVersion = (version: string) => `${FOLDER}\\versions\\${version}\\hello.exe`
  let before: ReadonlySet<string>

  beforeAll(async () => {
    mkdirSync(windows.unix(FOLDER))
    unpack(join(packed['1.0.0'], 'hello_1.0.0_win_x64.tar.gz'), windows.unix(FOLDER))
    before = await windows.everything()
  })

  test('lives the life of a service by its own verbs', async () => {
    expect(await hello('status')).toMatchObject({ code: 4 })
    // Wine does not know failure actions.
    const words = ['--env', `PORT=${port}`, '--restart', 'no']
    words.push('--config', `${FOLDER}\\greeting.txt`)
    expect(await hello('install', ...words)).toMatchObject({ code: 0 })
    expect(await hello('start')).toMatchObject({ code: 0 })
    await runs(`${FOLDER}\\hello.exe`)
    expect(await hello('status')).toMatchObject({ code: 0 })
    expect(await hello('restart')).toMatchObject({ code: 0 })
    expect(await hello('stop')).toMatchObject({ code: 0 })
    expect(await windows.state('hello')).toBe(STOPPED)
    expect(await hello('start')).toMatchObject({ code: 0 })
    expect(await page(port)).toBe('Hello from 1.0.0')
  })

  test('has its native part beside it, and nowhere else', () => {
    const drive = windows.unix('C:\\')
    const found = execFileSync('find', [drive, '-name', '*.node', '-type', 'f', '-printf', '%P\n'])
      .toString()
      .trim()
      .split('\n')
      .filter((path) => !path.startsWith('nodejs/'))
    const name = expect.stringMatching(
      /^Program Files\/From an archive\/addons\/[0-9a-f]{64}\.node$/,
    )
    expect(found).toEqual([name])
  })

  test('is refused where one bit of its native part has changed', async () => {
    const other = windows.unix('C:\\Damaged')
    mkdirSync(other)
    cpSync(windows.unix(`${FOLDER}\\hello.exe`), join(other, 'hello.exe'))
    const koffi = fetchPackage(pinnedByLock('@koromix/koffi-win32-x64'))
    damageAddon(join(other, 'hello.exe'), readFileSync(join(koffi, 'win32_x64', 'koffi.node')))
    const { code, stderr } = await windows.run('C:\\Damaged\\hello.exe', 'status')
    expect(code).not.toBe(0)
    expect(stderr).toContain('its hash differs')
    expect(readdirSync(other)).toEqual(['hello.exe'])
    rmSync(other, { recursive: true })
  })

  test('becomes what was published while it runs, with what its administrator has changed', async () => {
    writeFileSync(windows.unix(`${FOLDER}\\greeting.txt`), 'Hello from the administrator\n')
    const done = await update(FOLDER, manifest(packed['1.1.0']), '--health', health())
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('hello 1.1.0 runs') })
    await runs(inVersion('1.1.0'))
    expect(await page(port)).toBe('Hello from the administrator')
    const fresh = windows.unix(`${FOLDER}\\versions\\1.1.0\\greeting.txt.default`)
    expect(readFileSync(fresh, 'utf8')).toBe('Hello from 1.1.0\n')
  })

  test('goes back by itself from a version that does not start, or is never healthy', async () => {
    const broken = {
      'hello.exe': readFileSync(windowsProgram('packed')),
      'version.txt': Buffer.from('broken\n'),
    }
    const bad = await ours.small(join(work, 'broken'), '1.2.0', 'win-x64', broken)
    const gone = await freePort()
    const ill = ours.again(packed['1.1.0'], join(work, 'ill'), '1.2.0')
    for (const [from, reason] of [
      [bad, 'did not start'],
      [ill, 'ECONNREFUSED'],
    ] as const) {
      const { code, stderr } = await update(FOLDER, from, '--health', `http://127.0.0.1:${gone}/`)
      expect(code).toBe(1)
      expect(stderr).toContain('UPDATE_ROLLED_BACK: hello 1.2.0 is taken back, 1.1.0 is in place')
      expect(stderr).toContain(reason)
      await runs(inVersion('1.1.0'))
      expect(versions()).toEqual(['1.1.0'])
    }
  })

  test('refuses what is older, or has a flipped byte, in its archive or its manifest', async () => {
    const old = ours.again(packed['1.1.0'], join(work, 'old'), '1.0.9')
    expect((await update(FOLDER, old)).stderr).toContain('older than this 1.1.0')
    const bent = ours.again(packed['1.1.0'], join(work, 'bent'), '1.3.0')
    flipByte(join(work, 'bent', 'hello_1.1.0_win_x64.tar.gz'))
    expect((await update(FOLDER, bent)).stderr).toContain('not the archive that was signed')
    flipByte(bent)
    expect((await update(FOLDER, bent)).stderr).toContain('UPDATE_REFUSED')
    expect(versions()).toEqual(['1.1.0'])
    await runs(inVersion('1.1.0'))
  })

  test('is renewed by the version that runs, which knows a later key of its publisher', async () => {
    const from = later.again(packed['1.1.0'], join(work, '1.3.0'), '1.3.0')
    expect(await update(FOLDER, from)).toMatchObject({ code: 0 })
    await runs(inVersion('1.3.0'))
  })

  test('keeps the version before, and what another service runs, whatever capitals it is called by', async () => {
    const second = ['--name', 'second', '--display-name', 'Second', '--restart', 'no']
    const done = await windows.run(inVersion('1.1.0'), 'install', ...second)
    expect(done).toMatchObject({ code: 0 })
    for (const version of ['1.4.0', '1.5.0']) {
      const from = ours.again(packed['1.1.0'], join(work, version), version)
      expect(await update(FOLDER.toUpperCase(), from)).toMatchObject({ code: 0 })
    }
    expect(versions()).toEqual(['1.1.0', '1.4.0', '1.5.0'])
    await runs(inVersion('1.5.0'))
    expect(await hello('uninstall', '--name', 'second')).toMatchObject({ code: 0 })
  })

  test('is uninstalled by its verb, and nothing is left but what was unpacked', async () => {
    expect(await hello('uninstall')).toMatchObject({ code: 0 })
    expect(await hello('status')).toMatchObject({ code: 4 })
    const addons = `+ /Program Files/${basename(windows.unix(FOLDER))}/addons`
    const changed = (await windows.changedSince(before)).filter((it) => !it.startsWith(addons))
    expect(changed).toEqual([])
  })
})

describe('a setup program', () => {
  const FOLDER = 'C:\\Program Files\\Hello'
  const text = (path: string): string =>
    readFileSync(windows.unix(`${FOLDER}\\${path}`), 'utf8').trim()
  const setup = (version: '1.0.0' | '1.1.0', ...words: string[]) =>
    windows.run(
      windowsPath(join(packed[version], `hello_${version}_win_x64_setup.exe`)),
      ...['/S', ...words],
    )
  const shown = () => windows.value(ENTRY_KEY, 'DisplayVersion')
  let before: ReadonlySet<string>
  let server: Server

  beforeAll(async () => {
    before = await windows.everything()
    server = createServer(({ url = '' }, response) => {
      const path = join(packed['1.1.0'], basename(url))
      if (existsSync(path)) response.end(readFileSync(path))
      else response.writeHead(404).end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  })
  afterAll(() => server?.close())

  test('installs it: it runs, with the settings of the command line', async () => {
    expect((await setup('1.0.0', `/ENV_PORT=${port}`, '/RESTART=no')).code).toBe(0)
    await runs(`${FOLDER}\\hello.exe`)
    expect(await page(port)).toBe('Hello from 1.0.0')
    expect((await windows.run(`${FOLDER}\\hello.exe`, 'status')).code).toBe(0)
  })

  test('lets it update itself where whoever installs it wants that', async () => {
    expect(await setup('1.0.0', '/ENABLE_UPDATE=perhaps')).toMatchObject({ code: 2 })
    expect(await setup('1.0.0', '/ENABLE_UPDATE=0')).toMatchObject({ code: 0 })
    const { code, stderr } = await update(FOLDER, manifest(packed['1.1.0']))
    expect(code).toBe(2)
    expect(stderr).toContain('UPDATE_UNSUPPORTED')
    expect(stderr).toMatch(/an administrator .*\/ENABLE_UPDATE=1/)
    expect(await setup('1.0.0', '/ENABLE_UPDATE=1')).toMatchObject({ code: 0 })
    await runs(`${FOLDER}\\hello.exe`)
  })

  test('is told of by Windows as the version that it has become by itself, from a server', async () => {
    const { port: at } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${at}/hello_update.json`
    expect(await update(FOLDER, url, '--health', health())).toMatchObject({ code: 0 })
    await runs(`${FOLDER}\\versions\\1.1.0\\hello.exe`)
    expect(await shown()).toBe('1.1.0')
    // Nobody had changed its configuration.
    expect(await page(port)).toBe('Hello from 1.1.0')
    expect((await setup('1.0.0')).code).toBe(NEWER_IS_INSTALLED)
  })

  test('that fails over it leaves the version that it has become', async () => {
    const { port: taken } = server.address() as AddressInfo
    const { code } = await setup('1.1.0', `/ENV_PORT=${taken}`)
    expect(code).toBe(2)
    await runs(`${FOLDER}\\versions\\1.1.0\\hello.exe`)
    expect(await shown()).toBe('1.1.0')
  })

  test('takes over from it, with the settings and the configuration that were changed', async () => {
    const changed = 'Hello from the administrator\n'
    expect(text('versions\\1.1.0\\greeting.txt')).toBe('Hello from 1.1.0')
    writeFileSync(windows.unix(`${FOLDER}\\versions\\1.1.0\\greeting.txt`), changed)
    expect((await setup('1.1.0')).code).toBe(0)
    await runs(`${FOLDER}\\hello.exe`)
    expect([text('greeting.txt'), text('greeting.txt.default')]).toEqual([
      ...['Hello from the administrator', 'Hello from 1.1.0'],
    ])
    expect(existsSync(windows.unix(`${FOLDER}\\versions`))).toBe(false)
    expect(await windows.value(ENTRY_KEY, 'Current')).toBeNull()
  })

  test('is not run beside an update, nor an update beside it; one that was killed is in nobody’s way', async () => {
    const lock = windows.unix('C:\\ProgramData\\stead\\run\\hello.update.lock')
    const holder = () =>
      until('somebody holds the lock', () => {
        const text = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
        return /^\d+\n$/.test(text) ? text.trim() : null
      })
    const end = (pid: string) => windows.run('taskkill.exe', '/F', '/PID', pid)
    const from = ours.again(packed['1.1.0'], join(work, 'beside'), '1.5.0')
    const updating = update(FOLDER, from, '--trial', '1h')
    const updater = await holder()
    const next = `${FOLDER}\\versions\\1.5.0\\hello.exe`
    await until('1.5.0 is on trial', async () => (await image()) === `"${next}"`)
    expect((await setup('1.1.0')).code).toBe(ALREADY_RUNNING)
    expect(saidBySetup(windows, 'hello')).toContain(`by process ${updater}`)
    expect((await update(FOLDER, from)).stderr).toContain(`is being changed by process ${updater}`)
    await runs(next)
    await end(updater)
    expect((await updating).stdout).not.toContain('did well')

    // Without /S it waits in its first window, which nobody sees here.
    const file = windowsPath(join(packed['1.1.0'], 'hello_1.1.0_win_x64_setup.exe'))
    const setting = windows.run(file)
    const wizard = await holder()
    expect((await setup('1.1.0')).code).toBe(ALREADY_RUNNING)
    const later = ours.again(packed['1.1.0'], join(work, 'later'), '1.6.0')
    expect((await update(FOLDER, later)).stderr).toContain(`is being changed by process ${wizard}`)
    await runs(next)
    await end(wizard)
    await setting
    // What the killed update had on trial is newer than what Add/Remove Programs shows.
    expect((await setup('1.1.0')).code).toBe(0)
    await runs(`${FOLDER}\\hello.exe`)
  })

  test('has an uninstaller that leaves nothing, of what came after it neither', async () => {
    expect(await update(FOLDER, manifest(join(work, 'later')))).toMatchObject({ code: 0 })
    expect(await shown()).toBe('1.6.0')
    expect((await windows.run(`${FOLDER}\\uninstall.exe`, '/S')).code).toBe(0)
    await until(
      'the uninstaller has come to its last step',
      async () => !existsSync(windows.unix(`${FOLDER}\\uninstall.exe`)) && (await shown()) === null,
      60_000,
    )
    expect(existsSync(windows.unix(FOLDER))).toBe(false)
    expect(await windows.changedSince(before)).toEqual([])
  })
})
