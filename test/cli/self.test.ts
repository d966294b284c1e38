import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './stead.ts'

const app = join(root, 'examples/hello/app.ts')

function self(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [app, ...args], {
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

describe.runIf(process.platform !== 'win32')('a program of the SDK', () => {
  test('shows the plan of its own installation', () => {
    const { code, stdout } = self(
      'install',
      '--dry-run',
      '--manager=systemd',
      '--autostart',
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout).plan.spec).toMatchObject({
      name: 'hello',
      file: process.execPath,
      args: [app],
      protocol: 'native',
      startType: 'auto',
    })
  })

  test('takes another name', () => {
    const { stdout } = self('install', '--dry-run', '--manager=systemd', '--name=hello-2')
    expect(stdout).toMatch(/^plan: install hello-2 on systemd/)
  })

  test('refuses an option that it does not know, on one line with a hint', () => {
    const { code, stderr } = self('install', '--autostrat')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: USAGE: .*--autostart.*\nhint: .*\n$/)
  })

  test('shows the help of a verb', () => {
    const { code, stdout } = self('install', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('--autostart')
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(24)
  })
})
