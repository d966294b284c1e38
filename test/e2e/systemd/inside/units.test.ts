import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { goldenSpecs } from '../golden-specs.ts'
import { record, scenario } from './scenario.ts'

const golden = new URL('../../../golden/systemd/', import.meta.url).pathname

test('systemd-analyze verify finds nothing in any golden unit', () => {
  const directory = mkdtempSync('/run/stead-golden-')
  for (const file of readdirSync(golden)) copyFileSync(join(golden, file), join(directory, file))
  const program = goldenSpecs['hostile-path']?.spec.file as string
  mkdirSync(join(program, '..'), { recursive: true })
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  const units = readdirSync(golden).filter((file) => file !== 'user.service')
  expect(units.length).toBeGreaterThan(5)
  const verify = (mode: string, files: readonly string[]) =>
    spawnSync(
      'systemd-analyze',
      [mode, '--man=no', 'verify', ...files.map((f) => join(directory, f))],
      {
        encoding: 'utf8',
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${directory}:`, XDG_RUNTIME_DIR: '/run' },
      },
    )
  for (const result of [verify('--system', units), verify('--user', ['user.service'])]) {
    expect([result.status, result.stderr]).toEqual([0, ''])
  }
})

test('P09 cwd and envFile with blanks, patterns, specifiers and backslashes are found', async () => {
  await scenario(async ({ install, manager, name, file, workspace }) => {
    const cwd = join(workspace, 'with blanks %h $HOME \\x ')
    const envFile = join(workspace, '[env] *? %n \\x\\ ')
    mkdirSync(cwd)
    writeFileSync(envFile, 'FOUND="a b"\n')
    await install(['--record', file], { cwd, envFile })
    await manager.start(name)
    const found = await record(file)
    expect(found.cwd).toBe(cwd)
    expect(found.env.FOUND).toBe('a b')
  })
})

test('P09 the path of the executable may hold blanks, dollars, percents and semicolons', async () => {
  await scenario(async ({ install, manager, name, file, workspace }) => {
    const program = join(workspace, 'a b $HOME %n ;', 'node')
    mkdirSync(join(program, '..'))
    copyFileSync(process.execPath, program)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd would replace it
    const tail = ['$HOME', '${HOME}', '$$', '%n', ';']
    await install(['--record', file, '--', ...tail], { file: program })
    await manager.start(name)
    expect((await record(file)).argv.slice(-tail.length)).toEqual(tail)
  })
})

test('the description is what systemd shows, with a backslash at its end too', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file], { displayName: '100% "it\'s"\n$HOME \\' })
    const args = ['show', '--property=Description', '--value', `${name}.service`]
    expect(execFileSync('systemctl', args, { encoding: 'utf8' })).toBe('100% "it\'s" $HOME \\\n')
    expect((await manager.status(name)).displayName).toBe('100% "it\'s"\n$HOME \\')
  })
})

test('a delayed service starts after the target, and the boot does not hang on it', async () => {
  await scenario(async ({ install, manager, name, file }) => {
    await install(['--record', file], { startType: 'delayed' })
    const args = ['show', '--property=After,Before,WantedBy', `${name}.service`]
    const shown = execFileSync('systemctl', args, { encoding: 'utf8' })
    expect(shown).toMatch(/^After=.*\bmulti-user\.target/m)
    expect(shown).not.toMatch(/^Before=.*\bmulti-user\.target/m)
    // What the boot does: the target is started, and with it what it wants.
    execFileSync('systemctl', ['start', 'multi-user.target'])
    await until('it runs', async () => (await manager.status(name)).phase === 'running')
  })
})

test('a disabled service is refused by systemd, also as a dependency', async () => {
  await scenario(async ({ install, installOther, manager, name, file }) => {
    const other = await installOther(['--record', `${file}.other`], { startType: 'disabled' })
    await install(['--record', file], { dependsOn: [other] })
    await expect(manager.start(other)).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringMatching(/disabled/),
    })
    await expect(manager.start(name)).rejects.toMatchObject({ code: 'START_FAILED' })
    expect((await manager.status(other)).phase).not.toBe('running')
  })
})

test('a service is started after what it depends on', async () => {
  await scenario(async ({ install, installOther, manager, name, file }) => {
    const other = await installOther(['--record', `${file}.other`])
    await install(['--record', file], { dependsOn: [other] })
    await manager.start(name)
    const [first, second] = [await manager.status(other), await manager.status(name)]
    expect([first.phase, second.phase]).toEqual(['running', 'running'])
    expect(Number(first.startedAt)).toBeLessThanOrEqual(Number(second.startedAt))
  })
})

test('the unit file is readable by all and written by root alone', async () => {
  await scenario(async ({ install, name, file }) => {
    await install(['--record', file])
    const unit = `/etc/systemd/system/${name}.service`
    expect(execFileSync('stat', ['--format=%a %U', unit], { encoding: 'utf8' })).toBe('644 root\n')
    expect(readFileSync(unit, 'utf8')).toContain('[X-Stead]')
  })
})
