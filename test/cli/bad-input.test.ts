import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stead } from './stead.ts'

/** Plans need no manager and no rights, so systemd's can be made on any POSIX machine. */
const PLAN = ['--dry-run', '--manager=systemd']
let work: string

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'stead-cli-'))
  writeFileSync(join(work, 'plain'), 'no program')
  mkdirSync(join(work, 'directory'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe.runIf(process.platform !== 'win32')(
  'bad input is one line with a code, and a hint:',
  () => {
    const wrong = (
      title: string,
      args: () => readonly string[],
      code: string,
      words: RegExp,
      hint: RegExp,
    ): void =>
      test.concurrent(title, async () => {
        const ran = await stead(args())
        const [first = '', second = '', ...more] = ran.stderr.split('\n')
        expect(first).toMatch(new RegExp(`^error: ${code}: `))
        expect(first).toMatch(words)
        expect(second).toMatch(/^hint: /)
        expect(second).toMatch(hint)
        expect(more).toEqual([''])
        expect(ran).toMatchObject({ code: 2, stdout: '' })
      })

    const install =
      (name: string, ...command: string[]): (() => readonly string[]) =>
      () => ['install', ...PLAN, `--name=${name}`, '--', ...command]
    const names = /use 1 to 80 letters/

    wrong('a name with "/"', install('a/b', '/bin/sh'), 'NAME_INVALID', /path separator/, names)
    wrong('a name with ".."', install('a..b', '/bin/sh'), 'NAME_INVALID', /"\.\."/, names)
    wrong('a name with a blank', install('a b', '/bin/sh'), 'NAME_INVALID', /blank/, names)
    wrong('a name outside ASCII', install('bücher', '/bin/sh'), 'NAME_INVALID', /ASCII/, names)
    wrong(
      'a name of 300 characters',
      install('x'.repeat(300), '/bin/sh'),
      'NAME_INVALID',
      /300 characters/,
      names,
    )
    wrong('a reserved name', install('con', '/bin/sh'), 'NAME_INVALID', /reserves/, names)
    wrong(
      'a name for status',
      () => ['status', '../x'],
      'NAME_INVALID',
      /path separator|"\.\."/,
      names,
    )
    wrong('a name for start', () => ['start', 'ok', 'a b'], 'NAME_INVALID', /blank/, names)
    wrong('a name for logs', () => ['logs', 'a;b'], 'NAME_INVALID', /";"/, names)
    wrong(
      'a program that is not there',
      install('web', '/no/such'),
      'COMMAND_UNUSABLE',
      /no such file/,
      /\/no\/such/,
    )
    wrong(
      'a directory for a program',
      () => install('web', join(work, 'directory'))(),
      'COMMAND_UNUSABLE',
      /directory/,
      /program/,
    )
    wrong(
      'a program that may not be run',
      () => install('web', join(work, 'plain'))(),
      'COMMAND_UNUSABLE',
      /not executable/,
      /chmod \+x/,
    )
    wrong(
      'a relative program',
      install('web', './bin/server'),
      'COMMAND_UNUSABLE',
      /relative/,
      /whole path: \/.*\/bin\/server/,
    )
    wrong(
      'an unknown user',
      () => ['install', ...PLAN, 'web', '--user=no-such-user', '--', '/bin/sh'],
      'USER_UNKNOWN',
      /no user "no-such-user"/,
      /useradd/,
    )
    wrong(
      'an unknown group',
      () => ['install', ...PLAN, 'web', '--group=no-such', '--', '/bin/sh'],
      'USER_UNKNOWN',
      /no group/,
      /groupadd/,
    )
    wrong(
      'a working directory that is not there',
      () => ['install', ...PLAN, 'web', '--cwd=/no/such', '--', '/bin/sh'],
      'CWD_UNUSABLE',
      /no such directory/,
      /mkdir -p \/no\/such/,
    )
    wrong(
      'a variable without a name',
      () => ['install', ...PLAN, 'web', '--env==x', '--', '/bin/sh'],
      'SPEC_INVALID',
      /name is empty/,
      /settings/,
    )
    wrong(
      'a variable with a line break in its name',
      () => ['install', ...PLAN, 'web', '--env=A\nB=x', '--', '/bin/sh'],
      'SPEC_INVALID',
      /line break/,
      /settings/,
    )
    wrong(
      'a variable without a value',
      () => ['install', ...PLAN, 'web', '--env=A', '--', '/bin/sh'],
      'USAGE',
      /KEY=VALUE/,
      /install --help/,
    )
    wrong(
      'no configuration file',
      () => ['install', ...PLAN, 'web', '--config=/no/such', '--', '/bin/sh'],
      'FILE_UNREADABLE',
      /\/no\/such/,
      /exists/,
    )
    wrong(
      'no service file',
      () => ['install', ...PLAN, '-f', '/no/such'],
      'FILE_UNREADABLE',
      /\/no\/such/,
      /exists/,
    )
    wrong(
      'a directory for a service file',
      () => ['install', ...PLAN, '-f', work],
      'FILE_UNREADABLE',
      /EISDIR|directory/,
      /read/,
    )
    wrong(
      'a setting that the manager cannot honour',
      () => ['install', 'web', '--manager=launchd', '--memory=1G', '--', '/bin/sh'],
      'UNSUPPORTED',
      /limits\.memory/,
      /--dry-run/,
    )
    wrong('no command', () => ['install', 'web'], 'USAGE', /needs a command/, /install --help/)
    wrong('no name', () => ['install', '--', '/bin/sh'], 'USAGE', /needs a name/, /install --help/)
    wrong(
      'two names',
      () => ['install', 'a', '--name=b', '--', '/bin/sh'],
      'USAGE',
      /two names/,
      /install --help/,
    )
    wrong(
      'an unknown option',
      () => ['install', 'web', '--restrat', 'no'],
      'USAGE',
      /did you mean --restart/,
      /install --help/,
    )
    wrong('an unknown verb', () => ['stauts', 'web'], 'USAGE', /did you mean status/, /--help/)
    wrong('a verb without a name', () => ['start'], 'USAGE', /name/, /start --help/)
    wrong(
      'an unknown scope',
      () => ['status', 'web', '--scope=all'],
      'USAGE',
      /system or user/,
      /--help/,
    )
    wrong(
      'an unknown manager',
      () => ['status', 'web', '--manager=upstart'],
      'USAGE',
      /systemd, launchd, scm/,
      /--help/,
    )
    wrong(
      'a number that is none',
      () => ['logs', 'web', '-n', 'many'],
      'USAGE',
      /number of lines/,
      /logs --help/,
    )
    wrong(
      'a time that is none',
      () => ['logs', 'web', '--since', 'lately'],
      'USAGE',
      /--since/,
      /logs --help/,
    )
    wrong(
      'an unknown shell',
      () => ['completion', 'powershell'],
      'USAGE',
      /bash, zsh or fish/,
      /--help/,
    )
  },
)

describe('an error', () => {
  test('never sends to the terminal what it names', async () => {
    const { stderr } = await stead([
      'install',
      'web',
      '--env=\u001b[31m\u009b\n=x',
      '--',
      '/bin/sh',
    ])
    expect(stderr).toContain('\\x1b[31m\\x9b\\n')
    expect(stderr.split('\n')).toHaveLength(3)
  })

  test('is one JSON object with --json, with what it names', async () => {
    const { stderr, stdout, code } = await stead(['status', 'a b', '--json'])
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'NAME_INVALID', name: 'a b', hint: expect.any(String) },
    })
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  })

  test('of wrong use is JSON too', async () => {
    const { stderr } = await stead(['status', '--json', '--nope'])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'USAGE' } })
  })

  test('shows its causes with --verbose', async () => {
    const { stderr } = await stead(['install', '-f', join(work, 'none'), '--verbose'])
    expect(stderr).toMatch(/ENOENT/)
    expect(stderr.split('\n').length).toBeGreaterThan(4)
  })
})
