import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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

/** The guide's program, in a folder from which the package is found by its name. */
function ticker(): Running {
  const code = /^```ts\n(.*?)^```$/ms.exec(guide)?.[1] as string
  const folder = mkdtempSync(join(root, 'test/docs/.ticker-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  const script = join(folder, 'ticker.ts')
  writeFileSync(script, code)
  const program = runProgram(script)
  undo.push(async () => {
    program.child.kill('SIGKILL')
    await program.ended
  })
  return program
}

describe('docs/guide/sdk.md', () => {
  test('has a program that ticks, pauses, resumes, reloads and stops', async () => {
    const program = ticker()
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
