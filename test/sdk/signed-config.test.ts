import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeConsul, fakeConsul } from '../fakes/consul.ts'
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

function start(more: Readonly<Record<string, string>> = {}): Running {
  const env = {
    STEAD_CONFIG: file,
    STEAD_CONFIG_KEYS: join(room, 'release.pub'),
    STATE_DIRECTORY: join(room, 'state'),
    ...more,
  }
  const program = runProgram(CONFIGURED, [], env)
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
    expect(await again.ended).toMatchObject({ code: 6 })
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
    expect(await program.ended).toMatchObject({ code: 6 })
    expect(program.output()).toContain(reason)
  })
})

describe('a service whose remote settings have to be signed', () => {
  const KEY = 'shop/greeter.yaml'
  let consul: FakeConsul
  beforeEach(async () => {
    consul = await fakeConsul()
  })
  afterEach(() => consul.stop())

  /** Puts it there as somebody does who may sign. */
  function put(text: string, sequence: number): void {
    const document = join(room, 'greeter.yaml')
    writeFileSync(document, text)
    stead('sign', document, '--key', join(room, 'release'), '--sequence', String(sequence))
    consul.put(KEY, text)
    consul.put(`${KEY}.sig`, readFileSync(`${document}.sig`, 'utf8'))
  }
  function startRemote(): Running {
    const address = `consul+http://127.0.0.1:${consul.port}/${KEY}`
    return start({ STEAD_CONFIG: '', STEAD_REMOTE: address, WATCH: '1' })
  }

  test('does not start with what is not signed, and says what to do', async () => {
    consul.put(KEY, 'port: 81\n')
    const unsigned = startRemote()
    expect(await unsigned.ended).toMatchObject({ code: 6 })
    expect(unsigned.output()).toMatch(/consul .*greeter\.yaml .* is refused: it is not signed/)
    expect(unsigned.output()).toContain(`consul kv put ${KEY}.sig @greeter.yaml.sig`)
  })

  test('takes what was signed without a file, live, and refuses the rest', async () => {
    put('port: 82\n', 2)
    const program = startRemote()
    await program.until(/with hello on 82[\s\S]*running configured/)
    consul.put(KEY, 'port: 83\n')
    await program.until(/greeter\.yaml was changed after it was signed/)
    put('port: 84\n', 4)
    await program.until(/offered 84 for 82/)
    expect(program.output()).not.toContain('offered 83')
  })

  test('refuses an older one than it has taken, and starts with what it took last', async () => {
    put('port: 84\n', 4)
    const program = startRemote()
    await program.until(/with hello on 84[\s\S]*running configured/)
    put('port: 82\n', 2)
    await program.until(/it is version 2, and 4 was accepted before/)
    program.child.kill('SIGTERM')
    await program.ended
    const again = startRemote()
    await again.until(/with hello on 84/)
  })

  test('can be given the older one again where a part of it had refused the newer', async () => {
    put('port: 82\n', 2)
    const program = startRemote()
    await program.until(/running configured/)
    put('port: 1\n', 3)
    await program.until(/port 1 is not for us[\s\S]*running configured/)
    put('port: 82\n', 2)
    await program.until(/(running configured[\s\S]*){3}/)
    expect(program.output()).not.toContain('was accepted before')
  })
})
