import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { parameterFiles } from '../../src/platform/parameter-files.ts'
import { until } from '../contract/until.ts'
import { freePort } from '../e2e/guard/free-port.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { type Running, runProgram } from './process.ts'

const LIVE = resolve(fileURLToPath(import.meta.url), '../../../examples/live/app.ts')
const started: Running[] = []

afterEach(async () => {
  for (const program of started.splice(0)) {
    program.child.kill('SIGKILL')
    await program.ended
  }
})

/** The example, on a free port. */
async function live() {
  const folder = temporaryDirectory('live')
  const file = join(folder, 'live.yaml')
  writeFileSync(file, 'port: 0\n')
  const parameters = join(folder, 'parameters')
  const program = runProgram(LIVE, ['--config', file], { STEAD_PARAMETERS: parameters })
  started.push(program)
  const output = await program.until(/status http:\/\/127\.0\.0\.1:\d+[\s\S]*running live/)
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
  return { program, file, port, files: parameterFiles(parameters) }
}

async function ask(port: number, path = '/'): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).json()
}

test('the example rebinds its port without a request lost, and refuses one that is taken', async () => {
  const { program, file, port } = await live()
  const other = await freePort()
  const taken = createServer().listen(other, '127.0.0.1')
  try {
    await until('the other one listens', () => taken.listening)
    writeFileSync(file, `port: ${other}\n`)
    await program.until(/reload refused: .*EADDRINUSE/)
    expect(await ask(port)).toEqual({ port, level: 'info' })
    await new Promise((closed) => taken.close(closed))
    writeFileSync(file, `port: ${other}\nlogLevel: debug\n`)
    await program.until(new RegExp(`status http://127.0.0.1:${other}/`))
    await program.until(new RegExp(`let go of port ${port}`))
    await expect(ask(port)).rejects.toThrow()
    expect(await ask(other)).toEqual({ port: other, level: 'debug' })
  } finally {
    taken.close()
  }
})

test('its log level is what is set, and else what is configured', async () => {
  const { program, port, files } = await live()
  const value = { value: 'debug', by: 'a test', at: new Date().toISOString(), until: null }
  files.ask({ number: 1, set: { logLevel: value } })
  await until('it answers', () => files.told()?.number === 1)
  expect(await ask(port)).toEqual({ port, level: 'debug' })
  await program.until(/debug GET \//)
  files.ask({ number: 2, set: {} })
  await until('it answers again', () => files.told()?.number === 2)
  expect(await ask(port)).toEqual({ port, level: 'info' })
})
