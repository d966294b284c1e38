import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inShell, root, stead } from './stead.ts'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'stead-cli-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
}

describe('help', () => {
  test.concurrent.each([
    [['--help']],
    [['help']],
    [['install', '--help']],
    [['help', 'install']],
    [['status', '--help']],
    [['logs', '-h']],
  ])('%j fits a terminal of 80 by 24', async (args) => {
    const { code, stdout, stderr } = await stead(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  test('without a verb is shown as wrong use', async () => {
    const { code, stdout } = await stead([])
    expect(code).toBe(2)
    expect(stdout).toContain('Usage: stead VERB')
  })

  test('--help-all has every option of install', async () => {
    const { stdout } = await stead(['install', '--help-all'])
    for (const option of ['--kill-mode', '--memory', '--depends-on', '--home', '--watchdog']) {
      expect(stdout).toContain(option)
    }
  })
})

describe('the version', () => {
  test.concurrent.each([[['--version']], [['-V']], [['version']]])('%j', async (args) => {
    expect(await stead(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('as JSON', async () => {
    expect(JSON.parse((await stead(['version', '--json'])).stdout)).toEqual({
      version,
      node: process.version,
    })
  })
})

describe.runIf(process.platform !== 'win32')('a plan', () => {
  const plan = ['install', 'web', '--manager=systemd', '--dry-run']

  test('shows the files with their text, the commands and the notes, and changes nothing', async () => {
    const ran = await stead([...plan, '--autostart', '--', 'sh', '-c', 'exit'], {
      env: { STEAD_HOME: work },
    })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^write \/etc\/systemd\/system\/web\.service \(mode 0644\)$/m)
    expect(ran.stdout).toMatch(/^ {4}ExecStart=/m)
    expect(ran.stdout).toMatch(/^run systemctl enable web\.service/m)
    expect(ran.stdout).toMatch(/^note: sh is \/.*\/sh, as PATH has it now$/m)
    expect(existsSync('/etc/systemd/system/web.service')).toBe(false)
    expect(readdirSync(work).filter((name) => name !== 'cache')).toEqual([])
  })

  test('P09 is JSON with every argument as it was given', async () => {
    const words = ['a b', `'"`, '%n', '$HOME', ';', 'x\ny', 'ü', '', 'end\\', '--', '--json']
    const { stdout } = await stead([
      ...plan,
      '--json',
      '--env',
      'V=a=b %',
      '--',
      '/bin/sh',
      ...words,
    ])
    const { spec } = (JSON.parse(stdout) as { plan: { spec: Record<string, unknown> } }).plan
    expect(spec).toMatchObject({ file: '/bin/sh', args: words, env: { V: 'a=b %' } })
  })

  test('out of a file is that of the flags', async () => {
    const file = join(work, 'web.yaml')
    writeFileSync(file, 'name: web\ncommand: /bin/sh -c exit\nrestart: always\n')
    const fromFile = await stead(['install', '-f', file, ...plan.slice(2)])
    const fromFlags = await stead([...plan, '--restart=always', '--', '/bin/sh', '-c', 'exit'])
    expect(fromFile.stdout).toBe(fromFlags.stdout)
  })

  test('takes relative paths from where the file lies', async () => {
    const file = join(work, 'relative.yaml')
    writeFileSync(file, 'name: web\ncommand: /bin/sh\ncwd: .\nconfig: relative.yaml\n')
    const { stdout } = await stead(['install', '-f', file, ...plan.slice(2), '--json'])
    const { spec } = (JSON.parse(stdout) as { plan: { spec: Record<string, unknown> } }).plan
    expect(spec).toMatchObject({ cwd: work, configFile: file })
  })

  test('S10 that cannot be honoured names each setting, and ends like the refusal', async () => {
    const { code, stdout } = await stead([
      'install',
      'web',
      '--manager=launchd',
      '--dry-run',
      '--cpu=50%',
      '--memory=1G',
      '--',
      '/bin/sh',
    ])
    expect(code).toBe(2)
    expect(stdout).toMatch(/limits\.cpu: /)
    expect(stdout).toMatch(/limits\.memory: /)
  })
})

describe.runIf(process.platform === 'linux' && !existsSync('/run/systemd/system'))(
  'where no systemd runs',
  () => {
    test.concurrent.each([
      [['status', 'web']],
      [['start', 'web']],
      [['stop', 'web']],
      [['uninstall', 'web']],
      [['list']],
      [['logs', 'web']],
      [['install', 'web', '--', '/bin/sh']],
    ])('%j says so, and what to do', async (args) => {
      const { code, stdout, stderr } = await stead(args, { env: { STEAD_HOME: work } })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(
        /^error: MANAGER_UNAVAILABLE: systemd cannot be reached: .*\nhint: .+\n$/,
      )
    })
  },
)

describe.runIf(process.platform !== 'win32')('completion', () => {
  /** What bash offers for a line of words, the last of them unfinished. */
  const offered = (script: string, ...words: string[]): string[] =>
    inShell(
      'bash',
      `${script}\nCOMP_LINE='${words.join(' ')}'; COMP_POINT=\${#COMP_LINE}; _stead; printf '%s\\n' "\${COMPREPLY[@]}"`,
    )
      .split('\n')
      .filter((word) => word !== '')

  test('of bash completes verbs, options and nothing else', async () => {
    const { stdout: script } = await stead(['completion', 'bash'])
    expect(offered(script, 'stead', 're')).toEqual(['restart', 'resume', 'reload'])
    expect(offered(script, 'stead', 'logs', '--f')).toEqual(['--follow'])
    expect(offered(script, 'stead', 'install', '--kill')).toEqual(['--kill-mode'])
    expect(offered(script, 'stead', 'x')).toEqual([])
  })

  test.concurrent.each(['bash', 'zsh', 'fish'])(
    'of %s is a script that knows each verb',
    async (shell) => {
      const { code, stdout, stderr } = await stead(['completion', shell])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const verb of ['install', 'status', 'logs', 'completion']) expect(stdout).toContain(verb)
      expect(stdout).not.toContain('undefined')
    },
  )
})
