import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { SetParameter } from '../../src/model/parameter.ts'
import { parameterFiles } from '../../src/platform/parameter-files.ts'
import { until } from '../contract/until.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { type Running, runProgram } from './process.ts'

const ADJUSTABLE = fileURLToPath(new URL('../fixtures/services/adjustable.ts', import.meta.url))
const started: Running[] = []

afterEach(async () => {
  for (const program of started.splice(0)) {
    program.child.kill('SIGKILL')
    await program.ended
  }
})

function setTo(value: SetParameter['value'], lasting: number | null = null): SetParameter {
  const now = Date.now()
  const until = lasting === null ? null : new Date(now + lasting).toISOString()
  return { value, by: 'a test', at: new Date(now).toISOString(), until }
}

/** A service whose parameters somebody sets by hand. */
async function running(before: Readonly<Record<string, SetParameter>> | null = null) {
  const directory = join(temporaryDirectory('adjustable'), 'parameters')
  const files = parameterFiles(directory)
  if (before !== null) {
    const { makeParameterDirectory } = await import('../../src/platform/parameter-files.ts')
    makeParameterDirectory(directory, null)
    files.ask({ number: 1, set: before })
  }
  const program = runProgram(ADJUSTABLE, [], {
    STEAD_PARAMETERS: directory,
    STEAD_INCARNATION: 'a.b.1.1',
  })
  started.push(program)
  await program.until(/running adjustable/)
  return {
    program,
    directory,
    files,
    /** What it answers to that request. */
    async ask(number: number, set: Readonly<Record<string, SetParameter>>) {
      files.ask({ number, set })
      return until(`it answers to ${number}`, () => {
        const told = files.told()
        return told !== null && told.number >= number ? told : null
      })
    },
  }
}

describe('a service with parameters', () => {
  test('says what there is to set, and takes what is set, while it runs', async () => {
    const { program, files, ask } = await running()
    expect(program.output()).toContain('begins with info at 10')
    expect(files.told()).toMatchObject({
      number: 0,
      life: 'a.b.1.1',
      values: { logLevel: 'info', rate: 10, pause: 5_000 },
      refused: null,
    })
    expect(files.told()?.declared.map(({ name, max }) => [name, max])).toEqual([
      ['logLevel', null],
      ['rate', 100],
      ['pause', 60_000],
    ])
    const told = await ask(1, { logLevel: setTo('debug'), rate: setTo(20) })
    expect(told).toMatchObject({ values: { logLevel: 'debug', rate: 20 }, refused: null })
    expect(program.output()).toContain('offered 20 for 10: logLevel,rate')
    expect(program.output()).toContain('parameters: logLevel is debug, rate is 20')
  })

  test('begins with what was set before', async () => {
    const { program } = await running({ rate: setTo(30) })
    expect(program.output()).toContain('begins with info at 30')
  })

  test('refuses as a whole, with the reason, and those that had accepted go back', async () => {
    const { program, ask } = await running()
    const told = await ask(1, { logLevel: setTo('debug'), rate: setTo(13) })
    expect(told).toMatchObject({ values: { logLevel: 'info', rate: 10 } })
    expect(told.refused).toContain('13 brings no luck')
    expect(program.output()).toMatch(/offered 13 for 10[\s\S]*offered 10 for 13/)
    expect(await ask(2, {})).toMatchObject({ refused: null })
  })

  test('refuses what is not within what it declares; at its start it has its default then', async () => {
    const { ask } = await running()
    expect((await ask(1, { rate: setTo(1_000) })).refused).toBe(
      'rate: 1000 is not an integer from 1 to 100',
    )
    const { program } = await running({ rate: setTo(1_000), logLevel: setTo('warn') })
    expect(program.output()).toContain('begins with warn at 10')
    expect(program.output()).toContain('a parameter has its default: rate: 1000 is not an integer')
  })

  test('goes back by itself when the time of a value is over', async () => {
    const { program, files, ask } = await running()
    await ask(1, { rate: setTo(20, 1_500), logLevel: setTo('debug') })
    await program.until(/offered 10 for 20: rate/)
    await program.until(/parameters: rate is 10/)
    expect(program.output()).not.toContain('rate is 10, logLevel')
    expect(files.asked()?.set.rate?.value).toBe(20)
    const after = await running({ rate: setTo(20, -1) })
    expect(after.program.output()).toContain('begins with info at 10')
  })

  test('passes over what is no request, and takes the next', async () => {
    const { directory, ask } = await running()
    for (const text of [
      '',
      '{',
      '[]',
      '{"stead":"parameters","number":-1,"set":{}}',
      '\0'.repeat(9),
    ])
      writeFileSync(join(directory, 'asked.json'), text)
    const told = await ask(5, { rate: setTo(50), unknown: setTo(true) })
    expect(told).toMatchObject({ values: { rate: 50 }, refused: null })
  })

  test('runs with its defaults where nobody can set anything', async () => {
    const program = runProgram(ADJUSTABLE)
    started.push(program)
    await program.until(/running adjustable/)
    expect(program.output()).toContain('begins with info at 10')
  })

  test.skipIf(process.getuid?.() === 0)('says once that it cannot answer', async () => {
    const directory = temporaryDirectory('adjustable')
    chmodSync(directory, 0o555)
    const program = runProgram(ADJUSTABLE, [], { STEAD_PARAMETERS: directory })
    started.push(program)
    await program.until(/nobody can be told of them/)
    expect(existsSync(join(directory, 'told.json'))).toBe(false)
  })
})

test('an answer is replaced as a whole, and can be read by everybody', async () => {
  const { directory } = await running()
  const text = readFileSync(join(directory, 'told.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ stead: 'parameters', number: 0 })
})
