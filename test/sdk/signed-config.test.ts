import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { type Running, runProgram } from './process.ts'

const CONFIGURED = fileURLToPath(new URL('../fixtures/services/configured.ts', import.meta.url))
const STEAD = fileURLToPath(new URL('../../bin/stead.js', import.meta.url))
const started: Running[] = []
let room: string
let file: string

beforeEach(() => {
  room = temporaryDirectory('signed')
  file = join(room, 'app.yaml')
  stead('keygen', join(room, 'release'))
})
afterEach(async () => {
  for (const program of started.splice(0)) {
    program.child.kill('SIGKILL')
    await program.ended
  }
})

function stead(...words: string[]): void {
  execFileSync(process.execPath, [STEAD, 'config', ...words], { stdio: 'ignore' })
}

/** Saves it as somebody does who may sign. */
function sign(text: string, sequence: number, key = 'release'): void {
  writeFileSync(file, text)
  stead('sign', file, '--key', join(room, key), '--sequence', String(sequence))
}

function start(...args: string[]): Running {
  const env = {
    STEAD_CONFIG: file,
    STEAD_CONFIG_KEYS: join(room, 'release.pub'),
    STATE_DIRECTORY: join(room, 'state'),
  }
  const program = runProgram(CONFIGURED, args, env)
  started.push(program)
  return program
}

describe('a service whose configuration has to be signed', () => {
  test('takes what was signed, and goes on with it when the file is altered', async () => {
    sign('port: 80\n', 1)
    const program = start()
    await program.until(/running configured/)
    writeFileSync(file, 'port: 81\n')
    program.child.kill('SIGHUP')
    await program.until(/app\.yaml was changed after it was signed[\s\S]*running configured/)
    sign('port: 82\n', 2)
    program.child.kill('SIGHUP')
    await program.until(/offered 82 for 80/)
    expect(program.output()).not.toContain('offered 81')
  })

  test('does not start with an older one than it has taken, also after its end', async () => {
    sign('port: 80\n', 1)
    const old = [file, `${file}.sig`].map((path) => [path, readFileSync(path)] as const)
    sign('port: 81\n', 2)
    const program = start()
    await program.until(/with hello on 81/)
    program.child.kill('SIGTERM')
    await program.ended
    for (const [path, bytes] of old) writeFileSync(path, bytes)
    const again = start()
    expect((await again.ended).code).not.toBe(0)
    expect(again.output()).toContain('it is version 1, and 2 was accepted before')
  })

  test('can be given the older one again where a part of it had refused the newer', async () => {
    sign('port: 80\n', 1)
    const old = [file, `${file}.sig`].map((path) => [path, readFileSync(path)] as const)
    const program = start()
    await program.until(/running configured/)
    sign('port: 1\n', 2)
    program.child.kill('SIGHUP')
    await program.until(/port 1 is not for us[\s\S]*running configured/)
    for (const [path, bytes] of old) writeFileSync(path, bytes)
    program.child.kill('SIGHUP')
    await program.until(/(running configured[\s\S]*){3}/)
    expect(program.output()).not.toContain('was accepted before')
  })

  test.each([
    ['not signed', () => writeFileSync(file, 'port: 80\n'), 'it is not signed'],
    [
      'signed by somebody else',
      () => {
        stead('keygen', join(room, 'stranger'))
        sign('port: 80\n', 1, 'stranger')
      },
      'which is not trusted here',
    ],
  ])('does not start with one that is %s', async (_, prepare, reason) => {
    prepare()
    const program = start()
    expect((await program.ended).code).not.toBe(0)
    expect(program.output()).toContain(reason)
  })

  test('does not start with settings of a source that nobody signs', async () => {
    sign('port: 80\n', 1)
    const program = start('--remote', 'http://127.0.0.1:1/app.yaml')
    expect((await program.ended).code).not.toBe(0)
    expect(program.output()).toContain('are not signed')
  })
})
