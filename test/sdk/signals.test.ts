import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { HELLO, type Running, runProgram, STORY } from './process.ts'

const started: Running[] = []
const story = (...args: string[]): Running => keep(runProgram(STORY, args))

afterEach(async () => {
  for (const program of started.splice(0)) {
    program.child.kill('SIGKILL')
    await program.ended
  }
})

describe('a service in a terminal', () => {
  test('stays alive with nothing to do, and stops by SIGTERM with 0', async () => {
    const program = story()
    await program.until(/running story/)
    program.child.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(program.events()).toEqual(['start', 'ready', 'stop request'])
  })

  test('takes the verb run for what it does anyway', async () => {
    const program = story('run')
    await program.until(/running story/)
    program.child.kill('SIGINT')
    expect((await program.ended).code).toBe(0)
    expect(program.events()).toContain('stop interrupt')
  })

  test('S03 is ended at once by a second Ctrl-C, with 130', async () => {
    const program = story('--stop', 'never')
    await program.until(/running story/)
    program.child.kill('SIGINT')
    await program.until(/stopping story/)
    // As people do it: again and again, until it is gone.
    const again = setInterval(() => program.child.kill('SIGINT'), 50)
    try {
      expect(await program.ended).toEqual({ code: 130, signal: null })
    } finally {
      clearInterval(again)
    }
  })

  test('S03 can be stopped while it starts, and is never ready then', async () => {
    const program = story('--start-ms', '60000')
    await program.until(/telling a story/)
    program.child.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
    expect(program.output()).not.toContain('running story')
  })

  test('S11 reloads by SIGHUP, pauses by SIGUSR1 and resumes by SIGUSR2; no debugger opens', async () => {
    const program = story()
    await program.until(/running story/)
    program.child.kill('SIGHUP')
    await program.until(/reloading story[\s\S]*running story/)
    program.child.kill('SIGUSR1')
    await program.until(/paused story/)
    program.child.kill('SIGUSR2')
    await program.until(/resuming story[\s\S]*running story/)
    expect(program.events()).toEqual(['start', 'ready', 'reload', 'pause', 'resume'])
    expect(program.output()).not.toMatch(/debugger/i)
  })

  test('S11 refuses what is illegal, naming what is legal', async () => {
    const program = story()
    await program.until(/running story/)
    program.child.kill('SIGUSR2')
    await program.until(/cannot resume while running; legal now: pause, reload, stop/)
  })

  test('S11 goes on as before when it refuses a pause', async () => {
    const program = story('--pause', 'refuse')
    await program.until(/running story/)
    program.child.kill('SIGUSR1')
    await program.until(/pausing story[\s\S]*not now[\s\S]*running story/)
  })

  test('S03 a blocked start still hears of the stop afterwards', async () => {
    const program = story('--block-ms', '300')
    await program.until(/telling a story/)
    program.child.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })
})

describe('the example', () => {
  const port = /http:\/\/127\.0\.0\.1:(\d+)\//
  const get = (program: Running, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port.exec(program.output())?.[1]}${path}`)

  test('answers, says how it is, and answers 503 while it is paused', async () => {
    const program = keep(runProgram(HELLO, [], { PORT: '0', GREETING: 'Moin' }))
    await program.until(/running hello/)
    expect(await (await get(program, '/')).text()).toBe('Moin\n')
    expect(await (await get(program, '/healthz')).json()).toMatchObject({ ok: true, served: 1 })
    program.child.kill('SIGUSR1')
    await program.until(/paused hello/)
    expect((await get(program, '/')).status).toBe(503)
    program.child.kill('SIGUSR2')
    await program.until(/resuming hello[\s\S]*running hello/)
    expect((await get(program, '/')).status).toBe(200)
    program.child.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  })

  test('S11 takes its greeting from the file of the installation, and a reload reads it again', async () => {
    const file = join(temporaryDirectory('hello'), 'greeting')
    writeFileSync(file, 'Moin\n')
    const program = keep(runProgram(HELLO, [], { PORT: '0', STEAD_CONFIG: file }))
    await program.until(/running hello/)
    expect(await (await get(program, '/')).text()).toBe('Moin\n')
    writeFileSync(file, 'Servus\n')
    program.child.kill('SIGHUP')
    await program.until(/reloading hello[\s\S]*running hello/)
    expect(await (await get(program, '/')).text()).toBe('Servus\n')
    rmSync(file)
    program.child.kill('SIGHUP')
    await program.until(/reload refused/)
    expect(await (await get(program, '/')).text()).toBe('Servus\n')
  })
})

function keep(program: Running): Running {
  started.push(program)
  return program
}
