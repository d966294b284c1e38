/**
 * The example as it is packed for Linux, no stand-in: its Debian package on a machine with a real systemd, its
 * rpm in a root with nothing but what it is linked with.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { bootContainer, type Container } from '../systemd/container.ts'
import { type Inside, insideOf } from './inside.ts'
import { pack, ROOT, urlOf } from './packed.ts'

const PORT = 18_095
const UNIT = 'hello.service'
const CONFIG = '/etc/hello/greeting.txt'
const work = temporaryDirectory('packed-linux')

/** @returns the output directory */
function packed(version: string, formats: readonly string[]): string {
  const directory = join(work, version)
  const [file, out] = [join(directory, 'stead.pack.yaml'), join(directory, 'out')]
  mkdirSync(directory)
  writeFileSync(join(directory, 'greeting.txt'), `Hello from ${version}\n`)
  const spec = {
    ...{ entry: join(ROOT, 'examples/hello/app.ts'), version, name: 'hello' },
    ...{ publisher: 'Stead Tests <tests@stead.example>', description: 'Says hello over HTTP' },
    ...{ targets: ['linux-x64'], formats },
    files: [{ from: 'greeting.txt', to: 'greeting.txt', config: true }],
    service: { account: 'hello', env: { PORT: `${PORT}` }, config: 'greeting.txt' },
    compression: 'fast',
  }
  writeFileSync(file, JSON.stringify(spec))
  const { code, stderr } = pack(['-f', file, '-o', out])
  if (code !== 0) throw new Error(stderr)
  return out
}

let first: string
beforeAll(() => {
  first = packed('1.0.0', ['deb', 'rpm'])
})

describe('the example, packed and installed by rpm into a root of its own', () => {
  const root = join(work, 'root')

  /** Programs see nothing of this machine in there. */
  const chroot = (...words: string[]): string =>
    execFileSync('/usr/sbin/chroot', [root, ...words], { encoding: 'utf8', env: {} }).trimEnd()

  beforeAll(() => {
    mkdirSync(root)
    const words = ['--root', root, '-i', '--nodeps', '--noscripts']
    const env = { ...process.env, HOME: work }
    execFileSync('rpm', [...words, join(first, 'hello-1.0.0-1.x86_64.rpm')], { env })
    for (const path of librariesOf(join(root, 'usr/lib/hello/hello'))) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      copyFileSync(path, join(root, path))
    }
  })

  test('says its version', () => {
    expect(chroot('/usr/bin/hello', '--version')).toBe('1.0.0')
  })

  test('serves with the configuration that was installed, and stops when it is asked to', async () => {
    const child = spawn('/usr/sbin/chroot', [root, '/usr/bin/hello'], {
      env: { PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(await (await fetch(await urlOf(child))).text()).toBe('Hello from 1.0.0\n')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  })
})

/** What the loader needs for an executable, itself as well: ldd(1). */
function librariesOf(executable: string): string[] {
  const text = execFileSync('ldd', [executable], { encoding: 'utf8' })
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path as string)
}

describe('the example, packed and installed by dpkg', () => {
  let container: Container
  let inside: Inside
  let before: ReadonlySet<string>

  beforeAll(async () => {
    container = await bootContainer(ROOT)
    // Where the tests run may itself be a container, whose dpkg is told to start nothing.
    rmSync(join(container.root, 'usr/sbin/policy-rc.d'), { force: true })
    inside = insideOf(container)
    before = inside.everything()
  })
  afterAll(() => container?.close())

  const install = (out: string, version: string): void => {
    const path = inside.put(join(out, `hello_${version}_amd64.deb`))
    inside.run('dpkg', '--force-confdef', '--force-confold', '-i', path)
  }

  test('runs as its user, without a Node beside it', () => {
    install(first, '1.0.0')
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.page(PORT, '/')).toBe('Hello from 1.0.0')
    const pid = inside.property(UNIT, 'MainPID')
    expect(inside.run('readlink', `/proc/${pid}/exe`)).toBe('/usr/lib/hello/hello')
    expect(inside.run('ps', '-o', 'user:30=', '-p', pid)).toBe('hello')
    expect(inside.run('/usr/bin/hello', 'status', '--json')).toContain('"running"')
  })

  test('is left to dpkg by its own verb', () => {
    expect(inside.does('/usr/bin/hello', 'update', '--from', '/nowhere/hello_update.json')).toBe(
      false,
    )
    expect(inside.page(PORT, '/')).toBe('Hello from 1.0.0')
  })

  test('is upgraded while it runs, and purged without a trace', () => {
    writeFileSync(join(container.root, CONFIG), 'Hello from the administrator\n')
    const pid = inside.property(UNIT, 'MainPID')
    install(packed('1.1.0', ['deb']), '1.1.0')
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.property(UNIT, 'MainPID')).not.toBe(pid)
    expect(inside.page(PORT, '/')).toBe('Hello from the administrator')
    expect(inside.run('/usr/bin/hello', '--version')).toBe('1.1.0')
    inside.run('dpkg', '-P', 'hello')
    expect(inside.changedSince(before)).toEqual([])
  })
})
