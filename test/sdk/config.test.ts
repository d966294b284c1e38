import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { formatKey, newKey } from '../../src/secrets/key-ring.ts'
import { seal } from '../../src/secrets/seal.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { type Running, runProgram } from './process.ts'

const CONFIGURED = fileURLToPath(new URL('../fixtures/services/configured.ts', import.meta.url))
const started: Running[] = []

afterEach(async () => {
  for (const program of started.splice(0)) {
    program.child.kill('SIGKILL')
    await program.ended
  }
})

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const program = runProgram(CONFIGURED, args, env)
  started.push(program)
  return program
}

/** A service that runs with what `text` says. */
async function running(text: string, env: Record<string, string> = {}, ...args: string[]) {
  const file = join(temporaryDirectory('configured'), 'app.yaml')
  writeFileSync(file, text)
  const program = start(args, { STEAD_CONFIG: file, ...env })
  await program.until(/running configured/)
  return {
    program,
    file,
    reload(changed: string) {
      writeFileSync(file, changed)
      program.child.kill('SIGHUP')
    },
  }
}

describe('a service with a configuration', () => {
  test('takes a changed file over by SIGHUP, and tells its parts what differs', async () => {
    const { program, reload } = await running('port: 80\n')
    expect(program.output()).toContain('with hello on 80')
    reload('port: 81\ngreeting: moin\n')
    await program.until(/configuration: greeting, port changed[\s\S]*running configured/)
    expect(program.output()).toContain('offered 81 for 80: greeting,port')
    expect(program.output()).toContain('with moin on 81')
  })

  test('keeps the old one whole where a part of it refuses', async () => {
    const { program, reload } = await running('port: 80\n')
    reload('port: 1\ngreeting: moin\n')
    await program.until(/reload refused: Error: port 1 is not for us[\s\S]*running configured/)
    expect(program.output()).toMatch(/offered 1 for 80[\s\S]*offered 80 for 1/)
    reload('port: 82\ngreeting: no\n')
    await program.until(/reload refused: Error: no is no greeting[\s\S]*running configured/)
    expect(program.output()).toMatch(/offered 82 for 80[\s\S]*offered 80 for 82/)
    reload('port: 83\n')
    await program.until(/offered 83 for 80/)
  })

  test('keeps the old one where the new one is wrong, and says all that is', async () => {
    const { program, file, reload } = await running('port: 80\n')
    reload('prot: 81\nport: x\npassword: short\n')
    await program.until(/reload refused[\s\S]*running configured/)
    const said = program.output()
    expect(said).toContain(`${file} has 3 problems`)
    expect(said).toContain(`${file}:1:1: prot: there is no such setting`)
    expect(said).toContain(`${file}:2:7: port: `)
    expect(said).toContain(`${file}:3:11: password: `)
    expect(said).not.toContain('short')
    reload('port: 82\n')
    await program.until(/offered 82 for 80/)
  })

  test('ends with 6 where it is wrong at the start, with the place and the line', async () => {
    const file = join(temporaryDirectory('configured'), 'app.toml')
    writeFileSync(file, 'port = "x"\n')
    const program = start(['--config', file])
    expect(await program.ended).toEqual({ code: 6, signal: null })
    expect(program.output()).toMatch(/app\.toml:1:8: port: .*\n\s*1 \| port = "x"/)
    expect(program.output()).not.toContain('with hello')
  })

  test('ends with 6 where there is no such file', async () => {
    const program = start([], { STEAD_CONFIG: '/nowhere/app.yaml' })
    expect((await program.ended).code).toBe(6)
    expect(program.output()).toContain('/nowhere/app.yaml: there is no such file')
  })

  test('takes the environment over the file, and the command line over both', async () => {
    const { program, reload } = await running(
      'port: 80\ngreeting: file\n',
      { STEAD_CONFIG__port: '81', STEAD_CONFIG__greeting: 'environment' },
      '--set',
      'port=82',
    )
    expect(program.output()).toContain('with environment on 82')
    reload('port: 90\ngreeting: other\n')
    await program.until(/reloading configured[\s\S]*running configured/)
    expect(program.output()).not.toContain('offered')
  })

  test('has sealed settings open, of the file and of the environment', async () => {
    const key = newKey()
    const STEAD_KEY = formatKey(key)
    const sealed = seal('hunter22!', ['password'], key)
    const { program, reload } = await running(`port: 80\npassword: ${sealed}\n`, { STEAD_KEY })
    expect(program.output()).toContain('password of 9')
    reload(`port: 80\ngreeting: ${sealed}\n`)
    await program.until(/greeting: it was changed, or sealed for another setting/)
    expect(program.output()).not.toContain('hunter22')
    const other = await running('port: 80\n', { STEAD_KEY, STEAD_CONFIG__password: sealed })
    expect(other.program.output()).toContain('password of 9')
  })
})

describe('a service that watches its configuration', () => {
  test('takes over what is written, replaced, and wrong in between', async () => {
    const { program, file } = await running('port: 80\n', { WATCH: '1' })
    writeFileSync(file, 'port: 81\n')
    await program.until(/offered 81 for 80[\s\S]*running configured/)
    writeFileSync(`${file}.new`, 'port: [\n')
    renameSync(`${file}.new`, file)
    await program.until(/reload refused[\s\S]*running configured/)
    writeFileSync(`${file}.new`, 'port: 82\n')
    renameSync(`${file}.new`, file)
    await program.until(/offered 82 for 81/)
  })

  test('follows a link that is switched, as Kubernetes does, and files that are included', async () => {
    const folder = temporaryDirectory('configured')
    for (const [version, port] of [
      ['v1', 80],
      ['v2', 81],
    ] as const) {
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'app.yaml'), 'include: port.yaml\n')
      writeFileSync(join(folder, version, 'port.yaml'), `port: ${port}\n`)
    }
    symlinkSync('v1', join(folder, 'data'))
    const program = start(['--config', join(folder, 'data/app.yaml')], { WATCH: '1' })
    await program.until(/running configured/)
    symlinkSync('v2', join(folder, 'data.new'))
    renameSync(join(folder, 'data.new'), join(folder, 'data'))
    await program.until(/offered 81 for 80[\s\S]*running configured/)
    writeFileSync(join(folder, 'v2/port.yaml'), 'port: 82\n')
    await program.until(/offered 82 for 81/)
  })
})
