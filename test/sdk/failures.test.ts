import { describe, expect, test } from 'vitest'
import { runProgram, STORY } from './process.ts'

describe('S04 a service that fails in a terminal ends with a code, and says why:', () => {
  test.each([
    ['--start throw', 9, 'the story cannot begin'],
    ['--start exit', 70, 'process.exit was called with 0 while starting'],
    ['--start never --start-timeout 200ms', 124, 'was not ready within 0.2 s'],
    ['--then crash', 1, 'the story has crashed'],
    ['--then reject', 1, 'the story was rejected'],
    ['--then exit7', 7, 'process.exit was called with 7 while running'],
    ['--watchdog 200ms --heartbeat-ms 50 --beats 3', 122, 'no heartbeat for'],
  ])('%s → %d', async (args, code, reason) => {
    const program = runProgram(STORY, args.split(' '))
    expect(await program.ended).toEqual({ code, signal: null })
    expect(program.output()).toContain(reason)
  })

  test('a stop that never ends → 125', async () => {
    const program = runProgram(STORY, ['--stop', 'never', '--stop-timeout', '200ms'])
    await program.until(/running story/)
    program.child.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 125, signal: null })
  })
})

test('a service that says that it is done ends in order, with success', async () => {
  const program = runProgram(STORY, ['--then', 'exit0'])
  expect(await program.ended).toEqual({ code: 0, signal: null })
  expect(program.events()).toEqual(['start', 'ready', 'stop done'])
})

test('a definition that is wrong is told at once, with a hint', async () => {
  const program = runProgram(STORY, ['--stop-timeout', 'soon'])
  expect((await program.ended).code).not.toBe(0)
  expect(program.output()).toContain('"soon" is not a duration')
})
