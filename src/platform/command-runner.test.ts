import { expect, test } from 'vitest'
import { until } from '../../test/contract/until.ts'
import { nodeCommandRunner } from './command-runner.ts'

const runner = nodeCommandRunner()
const node = (...args: string[]): [string, string[]] => [process.execPath, args]

test('a command gives its output and its code', async () => {
  const [file, args] = node('-e', 'console.log("out"); console.error("err"); process.exitCode = 7')
  expect(await runner.run(file, args)).toEqual({
    exit: { kind: 'code', code: 7 },
    timedOut: false,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('P09 arguments arrive exactly, and no shell is in between', async () => {
  const values = ['', ' ', 'a b', '$HOME', '%PATH%', '"', "'", ';ls', '\n', 'ü服', '\\', 'x\\']
  const [file, args] = node(
    '-e',
    'console.log(JSON.stringify(process.argv.slice(1)))',
    '--',
    ...values,
  )
  expect(JSON.parse((await runner.run(file, args)).stdout)).toEqual(values)
})

test('a command that is not there is a value, not an exception', async () => {
  expect((await runner.run('/no/such/program', [])).exit).toEqual({
    kind: 'spawn-error',
    errno: 'ENOENT',
  })
})

test('a command that takes too long is ended and told so', async () => {
  const [file, args] = node('-e', 'setInterval(() => {}, 1000)')
  const result = await runner.run(file, args, { timeout: 100 })
  expect(result).toMatchObject({ timedOut: true, exit: { kind: 'signal', signal: 'SIGKILL' } })
})

test('a command that takes too long is over then, whoever still holds its output', async () => {
  const program = `
    const { spawn } = require('node:child_process')
    const held = spawn('sleep', ['60'], { stdio: 'inherit', detached: true })
    console.log(held.pid)
    setInterval(() => {}, 1000)`
  let time = 500
  // Where there is much to do it may be ended before it has come so far: then it gets more time.
  const holder = await until('somebody holds its output', async () => {
    time *= 2
    const { timedOut, stdout } = await runner.run(...node('-e', program), { timeout: time })
    expect(timedOut).toBe(true)
    return Number(stdout)
  })
  // It is there still, so nobody has waited for it.
  expect(isAlive(holder)).toBe(true)
  process.kill(holder, 'SIGKILL')
})

test('input is given and messages come in the C locale', async () => {
  const [file, args] = node(
    '-e',
    'process.stdin.on("data", (d) => process.stdout.write(process.env.LC_ALL + d))',
  )
  expect((await runner.run(file, args, { input: 'hi', env: { LC_ALL: 'de_DE' } })).stdout).toBe(
    'Chi',
  )
})

test('lines come one by one until the reader has enough, and the command is ended then', async () => {
  const [file, args] = node(
    '-e',
    'let n = 0; setInterval(() => console.log("line " + n++), 1); console.log(process.pid)',
  )
  const seen: string[] = []
  for await (const line of runner.lines(file, args)) {
    seen.push(line)
    if (seen.length === 3) break
  }
  expect(seen.slice(1)).toEqual(['line 0', 'line 1'])
  await until('it is gone', () => !isAlive(Number(seen[0])))
})

test('lines end when the signal is aborted', async () => {
  const abort = new AbortController()
  const [file, args] = node('-e', 'console.log("one"); setInterval(() => {}, 1000)')
  for await (const line of runner.lines(file, args, { signal: abort.signal })) {
    expect(line).toBe('one')
    abort.abort()
  }
})

test('lines of a command that is not there reject', async () => {
  const read = async (): Promise<void> => {
    for await (const _ of runner.lines('/no/such/program', [])) break
  }
  await expect(read()).rejects.toMatchObject({ code: 'ENOENT' })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
