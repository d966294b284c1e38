import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { locks } from './locks.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stead-locks-'))
  path = join(directory, 'web.lock')
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('a lock', () => {
  test('is had by one at a time, and names its holder', async () => {
    const first = await locks().acquire(path)
    expect(first.lock).not.toBeNull()
    expect(await locks().acquire(path)).toEqual({ lock: null, holder: process.pid })
    await first.lock?.release()
    const second = await locks().acquire(path)
    expect(second.lock).not.toBeNull()
    await second.lock?.release()
  })

  test('leaves no file behind', async () => {
    const { lock } = await locks().acquire(path)
    await lock?.release()
    expect(readdirSync(directory)).toEqual([])
  })

  test('is free again when its holder is killed', async () => {
    const child = await holderProcess()
    expect(await locks().acquire(path)).toEqual({ lock: null, holder: child.pid })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const mine = await locks().acquire(path)
    expect(mine.lock).not.toBeNull()
    await mine.lock?.release()
  })
})

async function holderProcess(): Promise<ChildProcess> {
  const program = `
    import { locks } from ${JSON.stringify(new URL('./locks.ts', import.meta.url).href)}
    await locks().acquire(${JSON.stringify(path)})
    console.log('held')
    setInterval(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}
