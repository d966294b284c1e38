/** A packed service that renews itself, on a machine with a real systemd. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signFiles } from '../../../src/secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../../../src/secrets/signing-key.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { bootContainer, type Container } from '../systemd/container.ts'
import { type Inside, insideOf } from './inside.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PORT = 18_090
const work = temporaryDirectory('update')
const NAME = 'hello'
const PUBLISHED = '/var/tmp/published'

/** Has stead pack hello as a version, with a greeting that is configuration. @returns the output directory */
function pack(version: string, entry = join(ROOT, 'examples/hello/app.ts')): string {
  const directory = join(work, version)
  const [file, out] = [join(directory, 'stead.pack.yaml'), join(directory, 'out')]
  mkdirSync(directory)
  writeFileSync(join(directory, 'greeting.txt'), `Hello from ${version}\n`)
  const spec = {
    ...{ entry, version, name: NAME, publisher: 'Stead Tests' },
    ...{ formats: ['tar.gz'], targets: ['linux-x64'] },
    files: [{ from: 'greeting.txt', to: 'greeting.txt', config: true }],
    update: {
      publicKey: join(work, 'release.key.pub'),
      privateKey: join(work, 'release.key'),
    },
  }
  writeFileSync(file, JSON.stringify(spec))
  const words = [join(ROOT, 'bin/stead.js'), 'pack', '-f', file, '-o', out]
  execFileSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  return out
}

/** Publishes a manifest by hand, with a key of `work`. */
function signed(path: string, text: string, name: string): void {
  const key = parsePrivateKey(readFileSync(join(work, name), 'utf8'), name)
  if ('problem' in key) throw new Error(key.problem)
  const files = [{ name: basename(path), bytes: Buffer.from(text) }]
  writeFileSync(path, text)
  writeFileSync(`${path}.sig`, signFiles({ files, key, sequence: Date.now() }))
}

/** Does what hello does for a moment, and ends. */
const SHORT_LIVED = `
import { defineService, run } from 'stead'
await run(defineService({
  name: 'hello',
  start: (context) => void setTimeout(() => context.fail(new Error('the database is gone')), 300),
}))
`

describe('a packed service on a machine', () => {
  let container: Container
  let inside: Inside
  let place: string
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
    const { privatePem, publicPem } = newSigningKeys()
    writeFileSync(join(work, 'release.key'), privatePem, { mode: 0o600 })
    writeFileSync(join(work, 'release.key.pub'), publicPem)
    writeFileSync(join(work, 'stranger.key'), newSigningKeys().privatePem, { mode: 0o600 })
    const packed = pack('1.0.0')
    const list = join(packed, `${NAME}_1.0.0_checksums.txt`)
    const check = ['pack', 'verify', list, '--key', join(work, 'release.key.pub')]
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
    const from = publish(pack('1.1.0'), '1.1.0')
    expect(hello('update', '--from', from, '--dry-run')).toContain('1.0.0 would become 1.1.0')
    expect(page()).toBe('Hello from 1.0.0')
    expect(
      hello('update', '--from', from, '--trial', '1s', '--health', `http://127.0.0.1:${PORT}/`),
    ).toContain('hello 1.1.0 runs, and did well for 1s')
    place = `${first}/versions/1.1.0`
    expect(page()).toBe('Hello from the administrator')
    expect(inside.run('cat', `${place}/greeting.txt.new`)).toBe('Hello from 1.1.0')
    const pid = inside.property(NAME, 'MainPID')
    expect(inside.run('readlink', `/proc/${pid}/exe`)).toBe(`${place}/${NAME}`)
    expect(hello('update', '--from', from)).toBe('hello 1.1.0 is the newest')
  })

  test('goes back by itself from a version that ends in its trial', () => {
    writeFileSync(join(work, 'short-lived.ts'), SHORT_LIVED)
    const from = publish(pack('1.2.0', join(work, 'short-lived.ts')), '1.2.0')
    const said = refusal('update', '--from', from, '--trial', '3s')
    expect(said).toContain('UPDATE_ROLLED_BACK: hello 1.2.0 is taken back, 1.1.0 is in place')
    expect(page()).toBe('Hello from the administrator')
    expect(inside.run('ls', '-A', `${first}/versions`)).toBe('1.1.0')
  })

  test('refuses what is older, altered, cut off, of a stranger, or not signed', () => {
    const good = pack('1.3.0')
    const file = `${NAME}_update.json`
    const manifest = readFileSync(join(good, file), 'utf8')
    const old = publish(good, 'old')
    signed(join(container.root, old), manifest.replace('"1.3.0"', '"0.9.0"'), 'release.key')
    expect(refusal('update', '--from', old)).toContain('older than this 1.1.0')
    const stranger = publish(good, 'stranger')
    signed(join(container.root, stranger), manifest, 'stranger.key')
    expect(refusal('update', '--from', stranger)).toContain('which is not trusted here')

    const archive = `${NAME}_1.3.0_linux_x64.tar.gz`
    const bytes = readFileSync(join(good, archive))
    const bent = publish(good, 'bent')
    const flipped = Buffer.from(bytes)
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 0x01
    writeFileSync(join(container.root, PUBLISHED, 'bent', archive), flipped)
    expect(refusal('update', '--from', bent)).toContain('not the archive that was signed')
    writeFileSync(join(container.root, PUBLISHED, 'bent', archive), bytes.subarray(0, -1))
    expect(refusal('update', '--from', bent)).toContain('not the archive that was signed')
    rmSync(join(container.root, `${bent}.sig`))
    expect(refusal('update', '--from', bent)).toContain('it is not signed')
    expect(inside.run('ls', '-A', `${first}/versions`)).toBe('1.1.0')

    const port = 18_091
    const server = ['systemd-run', '--unit=publisher', 'python3', '-m', 'http.server', `${port}`]
    inside.run(
      ...server,
      '--bind',
      '127.0.0.1',
      '--directory',
      publish(good, 'served').replace(/\/[^/]*$/, ''),
    )
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

  test('is uninstalled with nothing left in the manager, whichever version it is', () => {
    place = `${first}/versions/1.3.0`
    hello('uninstall')
    expect(inside.does('systemctl', 'cat', NAME)).toBe(false)
  })
})
