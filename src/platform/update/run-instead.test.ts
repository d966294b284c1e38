import { expect, test } from 'vitest'
import { runInstead } from './run-instead.ts'

const node = (script: string) => runInstead(process.execPath, ['-e', script])

test('its exit code is that of the other program', async () => {
  expect(await node('process.exit(0)')).toBe(0)
  expect(await node('process.exit(7)')).toBe(7)
})

test.runIf(process.platform !== 'win32')('one that a signal has ended has failed', async () => {
  expect(await node("process.kill(process.pid, 'SIGKILL')")).toBe(1)
})

test('one that is not there is told', async () => {
  await expect(runInstead('/nowhere/hello', [])).rejects.toThrow('ENOENT')
})
