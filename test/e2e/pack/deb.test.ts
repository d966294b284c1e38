/** Debian packages of a stand-in, the checkout's hello, in a machine with a real systemd and a real dpkg. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debFormat } from '../../../src/pack/deb/deb-format.ts'
import { nodeCommandRunner } from '../../../src/platform/command-runner.ts'
import { formatBuilder } from '../../../src/platform/pack/format-builder.ts'
import { until } from '../../contract/until.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'
import { bootContainer, type Container } from '../systemd/container.ts'
import { type Inside, insideOf } from './inside.ts'
import { helloForLinux, PORT } from './linux-product.ts'

const NAME = 'stead-hello'
const UNIT = `${NAME}.service`
const CONFIG = `/etc/${NAME}/greeting.txt`
const builder = formatBuilder(debFormat, nodeCommandRunner())
const work = temporaryDirectory('deb')

/** A package of this version, in a directory of its own. */
async function packageOf(version: string, label = version, spec = {}): Promise<string> {
  const out = join(work, `out-${label}`)
  mkdirSync(out)
  const product = helloForLinux(join(work, `staged-${label}`), version, spec)
  return (await builder.build(product, out)).path
}

describe('the bytes of a Debian package', () => {
  test('are the same in two builds, and nothing else is left behind', async () => {
    const first = await packageOf('2.0.0-beta.1', 'first')
    const second = await packageOf('2.0.0-beta.1', 'second')
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
    expect(execFileSync('ls', ['-A', join(work, 'out-first')], { encoding: 'utf8' })).toBe(
      'stead-hello_2.0.0~beta.1_amd64.deb\n',
    )
  })

  test('are what lintian has no error for', async () => {
    const file = await packageOf('1.0.0', 'lintian')
    const tags = execFileSync('lintian', ['--allow-root', '--fail-on', 'none', file], {
      encoding: 'utf8',
    })
    expect(tags.split('\n').filter((line) => line.startsWith('E:'))).toEqual([])
  })
})

describe('a Debian package on a machine', () => {
  let container: Container
  let inside: Inside
  let before: ReadonlySet<string>
  const one = packageOf('1.0.0')
  const two = packageOf('1.1.0')

  beforeAll(async () => {
    container = await bootContainer(resolve(import.meta.dirname, '../../..'))
    // Where the tests run may itself be a container, whose dpkg is told to start nothing.
    rmSync(join(container.root, 'usr/sbin/policy-rc.d'), { force: true })
    inside = insideOf(container)
    before = inside.everything()
  })
  afterAll(() => container?.close())

  const install = async (file: Promise<string>): Promise<void> => {
    const path = inside.put(await file)
    inside.run('dpkg', '--force-confdef', '--force-confold', '-i', path)
  }

  test('is installed: enabled, running as its user, with its settings', async () => {
    await install(one)
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.run('systemctl', 'is-enabled', UNIT)).toBe('enabled')
    expect(inside.page(PORT, '/')).toBe('Hello from 1.0.0')
    const pid = inside.property(UNIT, 'MainPID')
    expect(inside.run('ps', '-o', 'user:30=', '-p', pid)).toBe(NAME)
    expect(inside.run('cat', `/proc/${pid}/cmdline`).split('\0')).toContain('$HOME 100%')
    expect(inside.run('stat', '-c', '%U %a', `/var/lib/${NAME}`)).toBe(`${NAME} 755`)
    expect(inside.run('readlink', '-f', `/usr/bin/${NAME}`)).toBe(`/usr/lib/${NAME}/${NAME}`)
    expect(inside.run('cat', `/usr/lib/${NAME}/greeting.txt`)).toBe('Hello from 1.0.0')
    expect(inside.run('dpkg', '--verify', NAME)).toBe('')
  })

  test('is upgraded while it runs: started again, a changed configuration file is kept', async () => {
    const pid = inside.property(UNIT, 'MainPID')
    writeFileSync(join(container.root, CONFIG), 'Hello from the administrator\n')
    await install(two)
    expect(inside.property(UNIT, 'ActiveState')).toBe('active')
    expect(inside.property(UNIT, 'MainPID')).not.toBe(pid)
    expect(inside.page(PORT, '/')).toBe('Hello from the administrator')
    expect(inside.run('cat', `/usr/lib/${NAME}/texts/read me.txt`)).toMatch(/^This is 1\.1\.0;/)
  })

  test('stays stopped and disabled at an upgrade when the administrator wants so', async () => {
    inside.run('systemctl', 'disable', '--now', UNIT)
    await install(two)
    expect(inside.property(UNIT, 'ActiveState')).toBe('inactive')
    expect(inside.does('systemctl', 'is-enabled', UNIT)).toBe(false)
    inside.run('systemctl', 'enable', '--now', UNIT)
  })

  test('is removed: stopped, configuration and user stay', async () => {
    const pid = inside.property(UNIT, 'MainPID')
    inside.run('dpkg', '-r', NAME)
    await until('the process is gone', () => !inside.does('test', '-e', `/proc/${pid}`))
    expect(inside.property(UNIT, 'LoadState')).toBe('not-found')
    expect(inside.run('cat', CONFIG)).toBe('Hello from the administrator')
    expect(inside.does('getent', 'passwd', NAME)).toBe(true)
  })

  test('is purged: nothing is left, no file, no user', () => {
    inside.run('dpkg', '-P', NAME)
    expect(inside.changedSince(before)).toEqual([])
    expect(inside.does('dpkg', '-s', NAME)).toBe(false)
  })

  test('leaves a user alone that was there before it', async () => {
    inside.run('useradd', '--system', NAME)
    await install(one)
    inside.run('dpkg', '-P', NAME)
    expect(inside.does('getent', 'passwd', NAME)).toBe(true)
    inside.run('userdel', NAME)
  })

  test('is neither enabled nor started where that was chosen', async () => {
    const service = { account: null, start: 'auto', enable: false, args: [], env: {} }
    await install(packageOf('1.2.0', 'quiet', { service }))
    expect(inside.property(UNIT, 'ActiveState')).toBe('inactive')
    expect(inside.does('systemctl', 'is-enabled', UNIT)).toBe(false)
    inside.run('dpkg', '-P', NAME)
    expect(inside.changedSince(before)).toEqual([])
  })
})
