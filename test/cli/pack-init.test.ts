import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packFormats } from '../../src/cli/pack-formats.ts'
import { SIGNING_TOOLS } from '../../src/pack/sign/authenticode.ts'
import { nodeCommandRunner } from '../../src/platform/command-runner.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { root } from './stead.ts'

/** What every runner of GitHub with Ubuntu has. */
const THERE = ['dpkg', 'openssl']

describe('stead pack init', () => {
  const project = temporaryDirectory('pack-init')
  const stead = (...words: string[]) =>
    spawnSync(process.execPath, [join(root, 'bin/stead.js'), 'pack', ...words], {
      cwd: project,
      encoding: 'utf8',
    })

  test('writes a pack file that stead pack takes, and asks before it writes anew', () => {
    writeFileSync(join(project, 'app.ts'), '')
    const manifest = { name: 'clockd', version: '1.4.0', author: 'Example Ltd' }
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
    expect(stead('init')).toMatchObject({ status: 0, stderr: '' })
    const plan = stead('--dry-run')
    expect(plan.status).toBe(0)
    expect(plan.stdout).toContain('win-x64: clockd_1.4.0_win_x64 as zip')
    expect(stead('init')).toMatchObject({ status: 2, stderr: expect.stringContaining('--force') })
  })

  test('writes a workflow that installs what every format and signing need', () => {
    const workflow = readFileSync(join(project, '.github/workflows/pack.yml'), 'utf8')
    const [, installed = ''] = /apt-get install --yes (.*)/.exec(workflow) ?? []
    const tools = packFormats(nodeCommandRunner()).flatMap(({ tools: needed }) => needed)
    const packages = [...tools, ...SIGNING_TOOLS].map(({ debianPackage }) => debianPackage)
    expect(installed.split(' ').sort()).toEqual(
      [...new Set(packages)].filter((name) => !THERE.includes(name)).sort(),
    )
  })
})
