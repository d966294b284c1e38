import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { LIFECYCLE_STATES } from '../../src/model/lifecycle-state.ts'
import { EXIT } from '../../src/service/exit-codes.ts'
import { legalActions } from '../../src/service/lifecycle.ts'
import { type Running, runProgram } from '../sdk/process.ts'

const root = resolve(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/guide/sdk.md'), 'utf8')
const undo: (() => unknown)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const [TICKER = '', DIMMER = '', GREETER = '', CRAWLER = ''] = [
  ...guide.matchAll(/^```ts\n(.*?)^```$/gms),
].map(([, code]) => code as string)

/** A program of the guide, in a folder from which the package is found by its name. */
function start(code: string, args: readonly string[] = []): Running {
  const folder = mkdtempSync(join(root, 'test/docs/.ticker-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  const script = join(folder, 'ticker.ts')
  writeFileSync(script, code)
  const program = runProgram(script, args)
  undo.push(async () => {
    program.child.kill('SIGKILL')
    await program.ended
  })
  return program
}

describe('docs/guide/sdk.md', () => {
  test('has a program that ticks, pauses, resumes, reloads and stops', async () => {
    const program = start(TICKER)
    await program.until(/running ticker/)
    await program.until(/info tick/)
    program.child.kill('SIGUSR1')
    await program.until(/paused ticker/)
    program.child.kill('SIGUSR2')
    await program.until(/resuming ticker[\s\S]*running ticker/)
    program.child.kill('SIGHUP')
    await program.until(/ticking faster[\s\S]*running ticker/)
    program.child.kill('SIGINT')
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test('has a program that is asked on a socket of its own', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'dimmer-')), 'run', 'control.sock')
    undo.push(() => rmSync(dirname(dirname(path)), { recursive: true, force: true }))
    const program = start(DIMMER.replace('/run/dimmer/control.sock', path))
    await program.until(/running dimmer/)
    const ask = (method: string, body: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const asked = request({ socketPath: path, path: '/level', method }, (response) => {
          resolve(text(response))
        })
        asked.once('error', reject).end(body)
      })
    expect(await ask('GET', '')).toBe('{"level":5}')
    expect(await ask('POST', '7')).toBe('{"level":7}')
    await program.until(/level 7 for uid/)
    program.child.kill('SIGINT')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(path)).toBe(false)
  })

  test('has a program with parameters, which are typed as they are declared', async () => {
    const program = start(CRAWLER)
    await program.until(/10 a second, 5000 ms between tries, info/)
  })

  test('has a program whose configuration changes while it runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greeter-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'greeter.yaml')
    writeFileSync(file, 'greeting: Moin\nevery: 20\n')
    const program = start(GREETER, ['--config', file])
    await program.until(/running greeter[\s\S]*info Moin/)
    writeFileSync(file, 'greeting: Servus\nevery: 30\n')
    await program.until(/2 settings change[\s\S]*info Servus/)
    writeFileSync(file, 'greeting: Servus\nevery: 5\n')
    await program.until(
      /refused: \S+greeter\.yaml:2:8: every: Too small: expected number to be >=10/,
    )
    writeFileSync(file, 'greeting: ""\n')
    await program.until(/refused: Error: a greeting has to say something/)
    program.child.kill('SIGINT')
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test.each(LIFECYCLE_STATES.filter((state) => state !== 'stopped'))(
    'names what may be asked for while %s',
    (state) =>
      expect(guide).toContain(`| \`${state}\` | ${legalActions(state).join(', ') || '–'} |`),
  )

  test.each(Object.entries(EXIT).filter(([name]) => name !== 'failed'))(
    'names the exit code: %s',
    (_, code) => expect(guide).toMatch(new RegExp(`^\\| ${code} \\|`, 'm')),
  )

  test.each([
    ['src/service/context.ts', /^ {2}(?:readonly )?(\w+)[(:]/gm],
    ['src/service/define-service.ts', /^ {2}readonly (\w+)\??:/gm],
  ])('names every member of %s', (file, member) => {
    const source = readFileSync(join(root, file), 'utf8')
    const names = new Set([...source.matchAll(member)].map((match) => match[1] as string))
    expect(names.size).toBeGreaterThan(9)
    for (const name of names) expect(guide).toMatch(new RegExp(`\`${name}\\b`))
  })
})
