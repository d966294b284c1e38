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

function read(written: readonly (readonly [number, string])[] | null, query: LogQuery = {}) {
  const root = mkdtempSync(join(tmpdir(), 'stead-service-log-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const { platform } = process
  const home = homeOf({ platform, scope: 'system', env: {}, userHome: root, root })
  if (written !== null) {
    const file = join(placesOf(home, 'web', recordPath(home, 'web')).logs, 'web.log')
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
