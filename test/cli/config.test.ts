import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stead } from './stead.ts'

let work: string
const write = (name: string, content: string | Uint8Array): void =>
  writeFileSync(join(work, name), content)

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'stead-config-'))
  chmodSync(work, 0o755)
  write(
    'stead.yaml',
    `include: base.toml
defaults: { restart: { when: always } }
services:
  web:
    command: [./web, --token, hunter2]
    env: { PORT: 80, DB_PASSWORD: hunter2 }
    restart: { when: on-failure }
`,
  )
  write('base.toml', '[services.web]\ncwd = "/tmp"\n[services.db]\ncommand = "./db"\n')
  write('stead.prod.json', '{ "services": { "web": { "env": { "PORT": 8080 } } } }')
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const config = (...args: string[]) => stead(['config', ...args], { cwd: work })

describe('config show', () => {
  test('has columns that a person reads: setting, value, layer, place, and what is hidden', async () => {
    const ran = await config('show', 'web', '--set', 'services.web.env.PORT=9090')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const rows = ran.stdout.trimEnd().split('\n')
    expect(rows).toContainEqual(
      expect.stringMatching(/^env\.PORT +"?9090"? +command-line +--set services\.web\.env\.PORT$/),
    )
    expect(rows).toContainEqual(expect.stringMatching(/^ +over 80 +file +stead\.yaml:6:18$/))
    expect(rows).toContainEqual(expect.stringMatching(/^cwd +\/tmp +file +base\.toml:2:7$/))
    expect(rows).toContainEqual(expect.stringMatching(/^ +over always +file +stead\.yaml:2:/))
    expect(new Set(rows.map((row) => row.search(/ (file|command-line) /)))).toHaveProperty(
      'size',
      1,
    )
    expect(ran.stdout).not.toContain('hunter2')
  })

  test('as JSON has each value with its layer, file, line and column', async () => {
    const { stdout } = await config('show', 'services.web.env', '--profile', 'prod', '--json')
    const { settings } = JSON.parse(stdout) as { settings: unknown[] }
    expect(settings).toMatchObject([
      {
        setting: 'services.web.env.PORT',
        value: '8080',
        layer: 'file',
        origin: 'stead.prod.json',
        line: 1,
        column: 43,
        shadows: [{ value: 80, origin: 'stead.yaml', line: 6 }],
      },
      { setting: 'services.web.env.DB_PASSWORD', value: '***', secret: true },
    ])
  })

  test('of a name that is not there says which was meant', async () => {
    const ran = await config('show', 'wbe')
    expect(ran.code).toBe(5)
    expect(ran.stderr).toMatch(/no service "wbe"; did you mean web\?/)
  })
})

describe('config check', () => {
  test('says that a configuration is one, and what it is of', async () => {
    expect(await config('check')).toEqual({
      code: 0,
      stdout: 'stead.yaml is valid: 2 services, 2 files\n',
      stderr: '',
    })
    write('web.toml', 'name = "web"\ncommand = "/bin/true"\n')
    expect((await config('check', 'web.toml')).stdout).toContain('describes the service web')
  })

  test('says everything that is wrong, with an exit code', async () => {
    write('bad.toml', '[services.web]\ncomand = "x"\ninstances = "many"\n')
    const ran = await config('check', 'bad.toml')
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/bad\.toml:2:1: services\.web\.comand: .* did you mean command\?/)
    expect(ran.stderr).toMatch(/bad\.toml:3:13: services\.web\.instances: /)
    expect(ran.stdout).toBe('')
  })

  test('takes a profile from STEAD_PROFILE, and refuses one that is not there', async () => {
    const with_ = (profile: string) =>
      stead(['config', 'check'], { cwd: work, env: { STEAD_PROFILE: profile } })
    expect(await with_('prod')).toMatchObject({
      code: 0,
      stdout: 'stead.yaml is valid: 2 services, 3 files\n',
    })
    const refused = await with_('prd')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/there is no profile "prd"; did you mean prod\?/)
  })

  test('reads UTF-16 of Windows and a byte order mark', async () => {
    const text = 'services:\r\n  web: { command: /bin/true }\r\n'
    write('wide.yaml', Buffer.from(`\uFEFF${text}`, 'utf16le'))
    write('marked.yaml', `\uFEFF${text}`)
    for (const name of ['wide.yaml', 'marked.yaml'])
      expect(await config('check', name)).toMatchObject({ code: 0, stderr: '' })
  })

  test('tells what is no file of text in plain words', async () => {
    mkdirSync(join(work, 'directory.yaml'))
    symlinkSync('nowhere', join(work, 'broken.yaml'))
    write('huge.yaml', '')
    truncateSync(join(work, 'huge.yaml'), 100 * 1024 * 1024)
    write('wide-bare.yaml', Buffer.from('services: {}', 'utf16le'))
    for (const [name, words] of [
      ['directory.yaml', /it is a directory/],
      ['broken.yaml', /it is a link to nowhere, which is not there/],
      ['huge.yaml', /it has 104857600 bytes; a configuration has 1048576 at most/],
      ['wide-bare.yaml', /UTF-16 without a byte order mark/],
      ['none.yaml', /there is no such file/],
    ] as const) {
      const ran = await config('check', name)
      expect(ran.stderr).toMatch(/^error: FILE_UNREADABLE: /)
      expect(ran.stderr).toMatch(words)
      expect(ran).toMatchObject({ code: 2, stdout: '' })
    }
  })

  test.runIf(process.getuid?.() === 0)('tells that one may not read a file', async () => {
    write('own.yaml', 'services: { web: { command: /bin/true } }\n')
    chmodSync(join(work, 'own.yaml'), 0o600)
    const ran = await stead(['config', 'check', join(work, 'own.yaml')], { uid: 65_534, cwd: '/' })
    expect(ran.stderr).toMatch(/^error: FILE_UNREADABLE: .*own\.yaml: you have no right to read it/)
  })
})
