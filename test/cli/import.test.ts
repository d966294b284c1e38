/** `stead import` and `stead export` as commands: where they write, how they end, what they refuse. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { stead } from './stead.ts'

const INI = '[program:web]\ncommand=/bin/web\npriority=3\n'

function room(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory('import')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

describe('stead import', () => {
  test('prints the file, and on standard error what is lost, with its line', async () => {
    const directory = room({ 'supervisord.conf': INI })
    const answer = await stead(['import', join(directory, 'supervisord.conf')])
    expect(answer).toMatchObject({ code: 0 })
    expect(answer.stdout).toMatch(/^ {2}web:\n {4}command: \[\/bin\/web\]$/m)
    expect(answer.stderr).toMatch(/supervisord\.conf:3: lost: web: priority: /)
  })
  test('--strict ends with 8 where something is lost, and with 0 where nothing is', async () => {
    const directory = room({ a: INI, Procfile: 'web: ./web\n' })
    expect(await stead(['import', 'supervisord', join(directory, 'a'), '--strict'])).toMatchObject({
      code: 8,
    })
    expect(await stead(['import', join(directory, 'Procfile'), '--strict'])).toMatchObject({
      code: 0,
      stderr: '',
    })
  })
  test('-o writes a file once, and again with --force', async () => {
    const directory = room({ Procfile: 'web: ./web\n' })
    const words = ['import', directory, '-o', join(directory, 'stead.yaml')]
    expect(await stead(words)).toMatchObject({ code: 0 })
    const again = await stead(words)
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/FILE_EXISTS/)
    expect(await stead([...words, '--force'])).toMatchObject({ code: 0 })
    expect(readFileSync(join(directory, 'stead.yaml'), 'utf8')).toMatch(/command: \[\.\/web\]/)
    expect(readdirSync(directory).sort()).toEqual(['Procfile', 'stead.yaml'])
  })
  test('a service of nssm is asked for where there is a registry, and a file of it anywhere', async () => {
    const answer = await stead(['import', 'nssm', 'web'])
    expect(answer).toMatchObject({ code: 2, stdout: '' })
    expect(answer.stderr).toMatch(/reg export HKLM.*\\web web\.reg/)
  })
  test('--json has the losses as data', async () => {
    const directory = room({ 'supervisord.conf': INI })
    const { stdout, stderr } = await stead(['import', directory, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'supervisord',
      services: 1,
      losses: [{ service: 'web', setting: 'priority', line: 3 }],
    })
    expect(stderr).toBe('')
  })
  test('an ecosystem that is a program is run, and that is said', async () => {
    const text =
      'console.log("noise")\nmodule.exports = { apps: [{ name: "a", script: "a.js", watch: 1 + 1 }] }\n'
    const directory = room({ 'ecosystem.config.cjs': text })
    const { code, stdout, stderr } = await stead([
      'import',
      join(directory, 'ecosystem.config.cjs'),
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/command: \[node, a\.js\]/)
    expect(stderr).toMatch(/is a program: it is run, with your rights/)
    expect(stderr).toMatch(/ecosystem\.config\.cjs:2: lost: a: watch/)
  })
  test('an ecosystem that throws is refused with what it said', async () => {
    const directory = room({ 'ecosystem.config.js': 'throw new Error("no such thing")\n' })
    const { code, stderr } = await stead(['import', join(directory, 'ecosystem.config.js')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/FOREIGN_INVALID: .*no such thing/)
  })
  test('a FIFO and a device are refused at once, and what a link that leads out leads to is not read', async () => {
    const directory = room({
      'sv/a/run': '#!/bin/sh\nexec a\n',
      secret: '#!/bin/sh\nexec secret\n',
    })
    execFileSync('mkfifo', [join(directory, 'fifo')])
    expect((await stead(['import', 'procfile', join(directory, 'fifo')])).stderr).toMatch(
      /not a regular file/,
    )
    expect((await stead(['import', 'procfile', '/dev/zero'])).stderr).toMatch(/not a regular file/)
    mkdirSync(join(directory, 'sv/b'))
    symlinkSync(join(directory, 'secret'), join(directory, 'sv/b/run'))
    const { code, stdout } = await stead(['import', 'runit', join(directory, 'sv')])
    expect(code).toBe(0)
    expect(stdout).toContain('command: [./run]')
    expect(stdout).not.toContain('secret')
  })
  test.each([
    [['import', 'supervisor', 'x'], /did you mean supervisord/],
    [['import', '/nowhere/at/all'], /FILE_UNREADABLE/],
    [['import', '/etc/hostname'], /could be anything/],
    [['export', 'runit'], /systemd or supervisord/],
  ])('%j is refused in words', async (words, expected) => {
    const { code, stderr } = await stead(words)
    expect(code).toBe(2)
    expect(stderr).toMatch(expected)
  })
  test('a file of 50 MB, a bomb of aliases and a circle of includes are bounded', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`,
        ),
    ]
    const directory = room({
      large: `${'# x\n'.repeat(12_500_000)}web: ./web\n`,
      'compose.yaml': `${bomb.join('\n')}\nservices: { a: { command: *i } }\n`,
      'supervisord.conf': '[include]\nfiles = supervisord.conf *.conf\n[program:a]\ncommand=a\n',
    })
    expect((await stead(['import', 'procfile', join(directory, 'large')])).stderr).toMatch(
      /at most are read/,
    )
    const { code } = await stead(['import', join(directory, 'compose.yaml')])
    expect(code).toBe(2)
    expect(await stead(['import', join(directory, 'supervisord.conf')])).toMatchObject({ code: 0 })
  })
})

test('stead export writes units into a directory, and names what they cannot say', async () => {
  const text = 'project: shop\nservices:\n  web:\n    command: /bin/web\n    health: { tcp: 80 }\n'
  const directory = room({ 'stead.yaml': text })
  const words = [
    'export',
    'systemd',
    '-f',
    join(directory, 'stead.yaml'),
    '-o',
    join(directory, 'units'),
  ]
  const { code, stderr } = await stead([...words, '--strict'])
  expect(code).toBe(8)
  expect(stderr).toMatch(/stead\.yaml:5: lost: web: health: systemd has no health checks/)
  expect(readdirSync(join(directory, 'units')).sort()).toEqual(['shop.target', 'web.service'])
})
