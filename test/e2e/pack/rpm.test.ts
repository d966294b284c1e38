/** An rpm of a stand-in, the checkout's hello: what is in it, and how it lives with a real systemd. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rpmFormat } from '../../../src/pack/rpm/rpm-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { bootContainer, type Container } from '../systemd/container.ts'
import { type Inside, insideOf } from './inside.ts'
import { helloForLinux, PORT } from './linux-product.ts'

const NAME = 'stead-hello'
const UNIT = `${NAME}.service`
const CONFIG = `/etc/${NAME}/greeting.txt`
const builder = formatBuilder(rpmFormat, nodeCommandRunner())
const work = temporaryDirectory('rpm')

async function packageOf(version: string, label = version): Promise<string> {
  const out = join(work, `out ${label}`)
  mkdirSync(out)
  return (await builder.build(helloForLinux(join(work, `staged-${label}`), version), out)).path
}

function rpm(...args: string[]): string {
  const env = { ...process.env, HOME: work }
  return execFileSync('rpm', args, { encoding: 'utf8', env }).trimEnd()
}

describe('an rpm', () => {
  test('is the same to the byte in two builds', async () => {
    const first = readFileSync(await packageOf('2.0.0-beta.1', 'first'))
    expect(first.equals(readFileSync(await packageOf('2.0.0-beta.1', 'second')))).toBe(true)
  })

  test('has the files, rights and texts that were asked for', async () => {
    const file = await packageOf('1.2.3-rc.1+7')
    expect(rpm('-qp', '--qf', '%{name} %{version} %{release} %{arch} %{vendor}', file)).toBe(
      'stead-hello 1.2.3~rc.1+7 1 x86_64 Stead Tests <tests@stead.example>',
    )
    expect(rpm('-qp', '--qf', '%{description}', file)).toBe(
      'Says hello over HTTP.\n\nMade for tests.',
    )
    expect(rpm('-qp', '--qf', '[%{filemodes:perms} %{fileusername} %{filenames}\n]', file)).toBe(
      [
        'drwxr-xr-x root /etc/stead-hello',
        '-rw-r--r-- root /etc/stead-hello/greeting.txt',
        'lrwxrwxrwx root /usr/bin/stead-hello',
        'drwxr-xr-x root /usr/lib/stead-hello',
        'lrwxrwxrwx root /usr/lib/stead-hello/greeting.txt',
        '-rwxr-xr-x root /usr/lib/stead-hello/stead-hello',
        'drwxr-xr-x root /usr/lib/stead-hello/texts',
        '-rw-r--r-- root /usr/lib/stead-hello/texts/read me.txt',
        '-rw-r--r-- root /usr/lib/systemd/system/stead-hello.service',
      ].join('\n'),
    )
    expect(rpm('-qpc', file)).toBe(CONFIG)
  })

  test('is installed into a root of its own', async () => {
    const root = join(work, 'root')
    mkdirSync(root)
    const own = ['--root', root]
    // There is no shell and no other package in this root.
    rpm(...own, '-i', '--nodeps', '--noscripts', await packageOf('1.0.0', 'rooted'))
    expect(rpm(...own, '-q', NAME)).toBe('stead-hello-1.0.0-1.x86_64')
    expect(rpm(...own, '-V', '--nodeps', '--noscripts', NAME)).toBe('')
    expect(readFileSync(join(root, 'usr/lib/stead-hello/texts/read me.txt'), 'utf8')).toBe(
      'This is 1.0.0; 100 % of it.\n',
    )
    rpm(...own, '-e', '--nodeps', '--noscripts', NAME)
    expect(existsSync(join(root, 'usr/lib/stead-hello'))).toBe(false)
  })
})

describe('an rpm on a machine', () => {
  let container: Container
  let inside: Inside
  let before: ReadonlySet<string>

  beforeAll(async () => {
    container = await bootContainer(resolve(import.meta.dirname, '../../..'))
    inside = insideOf(container)
    before = inside.everything()
  })
  afterAll(() => container?.close())

  /** Debian's rpm knows nothing of what dpkg has installed. */
  const install = async (version: string): Promise<void> => {
    inside.run('rpm', '-U', '--nodeps', inside.put(await packageOf(version)))
  }

  test('is installed: enabled, running as its user, with its settings', async () => {
    await install('1.0.0')
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.run('systemctl', 'is-enabled', UNIT)).toBe('enabled')
    expect(inside.page(PORT, '/')).toBe('Hello from 1.0.0')
    const pid = inside.property(UNIT, 'MainPID')
    expect(inside.run('ps', '-o', 'user:30=', '-p', pid)).toBe(NAME)
  })

  test('is upgraded while it runs, and a changed configuration file is kept', async () => {
    const pid = inside.property(UNIT, 'MainPID')
    writeFileSync(join(container.root, CONFIG), 'Hello from the administrator\n')
    await install('1.1.0')
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.property(UNIT, 'MainPID')).not.toBe(pid)
    expect(inside.page(PORT, '/')).toBe('Hello from the administrator')
    expect(inside.run('cat', `/usr/lib/${NAME}/texts/read me.txt`)).toMatch(/^This is 1\.1\.0;/)
  })

  test('is erased: what stays is the user, its state and the changed configuration', () => {
    inside.run('rpm', '-e', NAME)
    expect(inside.property(UNIT, 'LoadState')).toBe('not-found')
    const paths = inside.changedSince(before).map((line) => line.split('\t')[0])
    expect(paths.filter((path) => !/^[+-] (passwd|group|shadow) /.test(path ?? '')).sort()).toEqual(
      [`+ /etc/${NAME}`, `+ ${CONFIG}.rpmnew`, `+ ${CONFIG}.rpmsave`, `+ /var/lib/${NAME}`],
    )
    expect(inside.does('getent', 'passwd', NAME)).toBe(true)
  })
})
