/** A packed service that renews itself, on a machine with a real systemd. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { bootContainer, type Container } from '../systemd/container.ts'
import { type Inside, insideOf } from './inside.ts'
import { flipByte, publisher } from './published.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PORT = 18_090
const work = temporaryDirectory('update')
const NAME = 'hello'
const PUBLISHED = '/var/tmp/published'
const ours = publisher(work, NAME)

/** Has stead pack hello as a version, with a greeting that is configuration. @returns the output directory */
function pack(version: string): string {
  const directory = join(work, version)
  const [file, out] = [join(directory, 'stead.pack.yaml'), join(directory, 'out')]
  mkdirSync(directory)
  writeFileSync(join(directory, 'greeting.txt'), `Hello from ${version}\n`)
  const spec = {
    ...{ entry: join(ROOT, 'examples/hello/app.ts'), version, name: NAME },
    publisher: 'Stead Tests',
    ...{ formats: ['tar.gz'], targets: ['linux-x64'] },
    files: [{ from: 'greeting.txt', to: 'greeting.txt', config: true }],
    update: ours.keys,
    compression: 'fast',
  }
  writeFileSync(file, JSON.stringify(spec))
  const words = [join(ROOT, 'bin/stead.js'), 'pack', '-f', file, '-o', out]
  execFileSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  return out
}

/** Is ready as systemd wants it, and ends as one whose database is gone. */
const SHORT_LIVED = `#!/usr/bin/python3
import os, socket, sys, time
address = os.environ['NOTIFY_SOCKET'].replace('@', chr(0), 1)
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'READY=1', address)
time.sleep(0.3)
sys.exit(1)
`

describe('a packed service on a machine', () => {
  let container: Container
  let inside: Inside
  let place: string
  /** Where 1.1.0 was packed. */
  let news: string
  const first = `/opt/${NAME}_1.0.0_linux_x64`

  /** What was published lies there, as on the disk of an administrator. */
  const publish = (out: string, label: string): string => {
    const directory = join(PUBLISHED, label)
    cpSync(out, join(container.root, directory), { recursive: true })
    return join(directory, `${NAME}_update.json`)
  }
  const hello = (...words: string[]): string => inside.run(`${place}/${NAME}`, ...words)
  const refusal = (...words: string[]): string => {
    try {
      hello(...words)
    } catch (error) {
      return String((error as { stderr?: unknown }).stderr)
    }
    return 'no refusal'
  }
  const page = (): string => inside.page(PORT, '/')

  beforeAll(async () => {
    const packed = pack('1.0.0')
    news = pack('1.1.0')
    const list = join(packed, `${NAME}_1.0.0_checksums.txt`)
    const check = ['pack', 'verify', list, '--key', ours.keys.publicKey]
    execFileSync(process.execPath, [join(ROOT, 'bin/stead.js'), ...check], { stdio: 'ignore' })
    container = await bootContainer(ROOT)
    inside = insideOf(container)
    publish(packed, '1.0.0')
    inside.run('mkdir', first)
    inside.run('tar', '-xzf', `${PUBLISHED}/1.0.0/${NAME}_1.0.0_linux_x64.tar.gz`, '-C', first)
    place = first
    hello('install', '--autostart', '--env', `PORT=${PORT}`, '--config', `${first}/greeting.txt`)
    hello('start')
  })
  afterAll(() => container?.close())

  test('becomes the version that was published, and keeps what its administrator has changed', () => {
    expect(page()).toBe('Hello from 1.0.0')
    writeFileSync(join(container.root, first, 'greeting.txt'), 'Hello from the administrator\n')
    const from = publish(news, '1.1.0')
    expect(hello('update', '--from', from, '--dry-run')).toContain('1.0.0 would become 1.1.0')
    expect(page()).toBe('Hello from 1.0.0')
    expect(
      hello('update', '--from', from, '--trial', '1s', '--health', `http://127.0.0.1:${PORT}/`),
    ).toContain('hello 1.1.0 runs, and did well for 1s')
    place = `${first}/versions/1.1.0`
    expect(page()).toBe('Hello from the administrator')
    expect(inside.run('cat', `${place}/greeting.txt.default`)).toBe('Hello from 1.1.0')
    const pid = inside.property(NAME, 'MainPID')
    expect(inside.run('readlink', `/proc/${pid}/exe`)).toBe(`${place}/${NAME}`)
    expect(hello('update', '--from', from)).toBe('hello 1.1.0 is the newest')
  })

  test('goes back by itself from a version that ends in its trial', async () => {
    const directory = join(work, 'short-lived')
    await ours.small(directory, '1.2.0', 'linux-x64', { [NAME]: Buffer.from(SHORT_LIVED) })
    const from = publish(directory, '1.2.0')
    const said = refusal('update', '--from', from, '--trial', '3s')
    expect(said).toContain('UPDATE_ROLLED_BACK: hello 1.2.0 is taken back, 1.1.0 is in place')
    expect(page()).toBe('Hello from the administrator')
    expect(inside.run('ls', '-A', `${first}/versions`)).toBe('1.1.0')
  })

  test('refuses what is older, altered, cut off, of a stranger, or not signed', () => {
    const again = (version: string, label: string): string => {
      ours.again(news, join(work, label), version)
      return publish(join(work, label), label)
    }
    expect(refusal('update', '--from', again('0.9.0', 'old'))).toContain('older than this 1.1.0')
    const other = join(work, 'other')
    mkdirSync(other)
    publisher(other, NAME).again(news, join(work, 'stranger'), '1.3.0')
    const stranger = publish(join(work, 'stranger'), 'stranger')
    expect(refusal('update', '--from', stranger)).toContain('which is not trusted here')

    const bent = again('1.3.0', 'bent')
    const archive = join(container.root, PUBLISHED, 'bent', `${NAME}_1.1.0_linux_x64.tar.gz`)
    flipByte(archive)
    expect(refusal('update', '--from', bent)).toContain('not the archive that was signed')
    flipByte(archive)
    truncateSync(archive, statSync(archive).size - 1)
    expect(refusal('update', '--from', bent)).toContain('not the archive that was signed')
    rmSync(join(container.root, `${bent}.sig`))
    expect(refusal('update', '--from', bent)).toContain('it is not signed')
    expect(inside.run('ls', '-A', `${first}/versions`)).toBe('1.1.0')

    const port = 18_091
    const server = ['systemd-run', '--unit=publisher', 'python3', '-m', 'http.server', `${port}`]
    inside.run(...server, '--bind', '127.0.0.1', '--directory', dirname(again('1.3.0', 'served')))
    const url = `http://127.0.0.1:${port}/${NAME}_update.json`
    inside.run(
      'curl',
      '-sS',
      '--retry',
      '20',
      '--retry-connrefused',
      '--retry-delay',
      '1',
      '-o',
      '/dev/null',
      url,
    )
    expect(hello('update', '--from', url, '--trial', '1s')).toContain('hello 1.3.0 runs')
    expect(inside.run('ls', '-A', `${first}/versions`).split('\n')).toEqual(['1.1.0', '1.3.0'])
  })

  test('is updated by one at a time, and one that was killed is in nobody’s way', async () => {
    const again = (version: string): string => {
      ours.again(news, join(work, version), version)
      return publish(join(work, version), version)
    }
    place = `${first}/versions/1.3.0`
    const from = again('1.4.0')
    const words = ['update', '--from', from, '--trial', '1h']
    inside.run('systemd-run', '--unit=updater', `${place}/${NAME}`, ...words)
    const updater = inside.property('updater', 'MainPID')
    place = `${first}/versions/1.4.0`
    const running = `readlink /proc/$(systemctl show --value -p MainPID ${NAME})/exe`
    const runs = ['sh', '-c', `test "$(${running})" = ${place}/${NAME}`]
    await until('1.4.0 is on trial', () => inside.does(...runs))
    for (const other of [from, again('1.5.0')])
      expect(refusal('update', '--from', other)).toContain(
        `BUSY: "${NAME}" is being changed by process ${updater}`,
      )
    expect(inside.run('ls', '-A', `${first}/versions`).split('\n')).toEqual([
      ...['1.1.0', '1.3.0', '1.4.0'],
    ])
    expect(inside.property('updater', 'ActiveState')).toBe('active')

    inside.run('systemctl', 'kill', '--signal=KILL', 'updater')
    await until('the updater is dead', () => inside.property('updater', 'MainPID') === '0')
    const later = `${PUBLISHED}/1.5.0/${NAME}_update.json`
    expect(hello('update', '--from', later, '--trial', '1s')).toContain('hello 1.5.0 runs')
  })

  test('is what was unpacked first only where somebody goes back to that on purpose', () => {
    place = first
    const said = refusal('install', '--env', `PORT=${PORT}`)
    expect(said).toContain(`VERSION_OLDER: ${NAME} 1.5.0 is installed, and this is 1.0.0`)
    expect(said).toContain(`${first}/versions/1.5.0/${NAME} install`)
    expect(inside.run('systemctl', 'cat', NAME)).toContain(`${first}/versions/1.5.0/${NAME}`)
    const plan = hello('install', '--allow-older', '--dry-run')
    expect(plan).toContain(`ExecStart=${first}/${NAME}`)
  })

  test('is uninstalled with nothing left but what was unpacked, whichever version it is', () => {
    place = `${first}/versions/1.5.0`
    hello('uninstall')
    expect(inside.does('systemctl', 'cat', NAME)).toBe(false)
    expect(inside.run('ls', first).split('\n')).toEqual([
      ...['THIRD-PARTY-LICENSES.txt', 'greeting.txt', NAME],
    ])
  })
})
