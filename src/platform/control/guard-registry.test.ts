import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processes } from '../posix/processes.ts'
import { guards, type RegisteredGuard, registerGuard } from './guard-registry.ts'

let run = ''
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'stead-registry-'))
})
afterEach(() => rmSync(run, { recursive: true, force: true }))

async function guardOf(project: string, pid = process.pid): Promise<RegisteredGuard> {
  const birth = (await processes().birth(pid)) ?? 'none'
  const socket = join(run, `${project}.sock`)
  return { project, pid, birth, socket, file: null, version: '1.0.0', since: '2026-01-01' }
}

test('guards are found while they are registered, whatever their project is called', async () => {
  const [first, second] = [await guardOf('shop'), await guardOf('../ä b')]
  const removeFirst = registerGuard({ run }, first)
  const removeSecond = registerGuard({ run }, second)
  expect(await guards({ run }, processes())).toEqual(expect.arrayContaining([first, second]))
  expect(statSync(join(run, 'guards', 'shop.json')).mode & 0o777).toBe(0o600)
  removeFirst()
  expect(await guards({ run }, processes())).toEqual([second])
  removeSecond()
  expect(readdirSync(join(run, 'guards'))).toEqual([])
})

test('there are none where nobody ever registered', async () => {
  expect(await guards({ run: join(run, 'nowhere') }, processes())).toEqual([])
})

test('a guard that died is not told of and its file is gone', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const dying = await guardOf('dying', child.pid)
  registerGuard({ run }, dying)
  expect(await guards({ run }, processes())).toEqual([dying])
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  expect(await guards({ run }, processes())).toEqual([])
  expect(readdirSync(join(run, 'guards'))).toEqual([])
})

test('a pid that another process has by now is no guard', async () => {
  registerGuard({ run }, { ...(await guardOf('reused')), birth: 'earlier' })
  expect(await guards({ run }, processes())).toEqual([])
})

test('a guard with a socket whose pid is another’s here is not told of, and stays', async () => {
  const socket = join(run, 'control.sock')
  writeFileSync(socket, '')
  registerGuard({ run }, { ...(await guardOf('elsewhere')), birth: 'of another namespace', socket })
  expect(await guards({ run }, processes())).toEqual([])
  expect(readdirSync(join(run, 'guards'))).toEqual(['elsewhere.json'])
})

test('the end of an older guard leaves the file of a newer one', async () => {
  const removeOlder = registerGuard({ run }, { ...(await guardOf('shop')), birth: 'earlier' })
  const newer = await guardOf('shop')
  registerGuard({ run }, newer)
  removeOlder()
  expect(await guards({ run }, processes())).toEqual([newer])
})

test('garbage among the files is left alone', async () => {
  mkdirSync(join(run, 'guards'))
  for (const [name, text] of [
    ['empty.json', ''],
    ['torn.json', '{"project":"x","pid":'],
    ['other.json', '[1]'],
    ['null.json', 'null'],
    ['notes.txt', 'x'],
  ] as const) {
    writeFileSync(join(run, 'guards', name), text)
  }
  expect(await guards({ run }, processes())).toEqual([])
  expect(readdirSync(join(run, 'guards'))).toHaveLength(5)
})
