import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { LogQuery } from '../managers/service-manager.ts'
import { homeOf } from '../model/home.ts'
import type { LogLine } from '../model/log-entry.ts'
import { placesOf, recordPath } from './compose-guard-home.ts'
import { serviceLog } from './service-log.ts'

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const line = (second: number, text: string): LogLine => ({
  at: at(second),
  service: 'web',
  severity: 6,
  pid: null,
  text,
})

function freshHome() {
  const root = mkdtempSync(join(tmpdir(), 'stead-service-log-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const { platform } = process
  const home = homeOf({ platform, scope: 'system', env: {}, userHome: root, root })
  return { home, file: join(placesOf(home, 'web', recordPath(home, 'web')).logs, 'web.log') }
}

function read(written: readonly (readonly [number, string])[] | null, query: LogQuery = {}) {
  const { home, file } = freshHome()
  if (written !== null) {
    mkdirSync(dirname(file), { recursive: true })
    const text = written.map(([second, words]) => `${at(second).toISOString()} <6> ${words}\n`)
    writeFileSync(file, text.join(''))
  }
  const manager = {
    async *logs() {
      yield line(1, 'starting')
      yield line(5, 'stopped, code 7')
    },
  }
  return Array.fromAsync(serviceLog({ manager, guardHome: home }, 'web', query), ({ text }) => text)
}

test('what a program wrote under a guard that has ended stands between the lines of its manager', async () => {
  const written = [
    [2, 'hello'],
    [4, 'last words'],
  ] as const
  expect(await read(written)).toEqual(['starting', 'hello', 'last words', 'stopped, code 7'])
  expect(await read(written, { lines: 2 })).toEqual(['last words', 'stopped, code 7'])
  expect(await read(written, { lines: 0 })).toEqual([])
})

test('without such a log it is the manager’s alone', async () => {
  expect(await read(null)).toEqual(['starting', 'stopped, code 7'])
})

test('one that is followed begins with the first line that its program ever writes', async () => {
  const { home, file } = freshHome()
  mkdirSync(home.logs, { recursive: true })
  const manager = { async *logs() {} }
  const enough = new AbortController()
  const query = { follow: true, signal: enough.signal }
  const lines = serviceLog({ manager, guardHome: home }, 'web', query)
  const first = lines.next()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '2026-11-21T18:00:00.000Z <6> hello\n')
  expect((await first).value).toMatchObject({ text: 'hello' })
  enough.abort()
  await lines.return(undefined)
})
