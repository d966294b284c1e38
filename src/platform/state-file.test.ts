import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import type { InstanceRecord } from '../model/instance-record.ts'
import { PROGRAM_DEFAULTS } from '../model/program-spec.ts'
import { stateFile } from './state-file.ts'

function record(service: string, incarnation: number): InstanceRecord {
  return {
    service,
    instance: 1,
    want: { state: 'up', by: 'boot', at: '2026-11-21T00:00:00.000Z' },
    phase: 'running',
    why: 'it runs',
    incarnation,
    identity: { pid: 100 + incarnation, birth: '7', boot: 'one' },
    ready: true,
    startedAt: '2026-11-21T00:00:00.000Z',
    failures: [],
    restarts: 0,
    lastExit: null,
    stop: PROGRAM_DEFAULTS.stop,
  }
}

describe('the state file', () => {
  const path = (): string => join(temporaryDirectory('state'), 'guard', 'state.jsonl')

  test('gives a later guard the newest record of each instance', () => {
    const file = path()
    const store = stateFile(file)
    expect(store.load()).toEqual({ records: [], trouble: null })
    store.rewrite([])
    store.append(record('a', 1))
    store.append(record('b', 1))
    store.append(record('a', 2))
    const { records, trouble } = stateFile(file).load()
    expect(trouble).toBeNull()
    expect(records.at(-1)).toEqual(record('a', 2))
    expect(records).toContainEqual(record('b', 1))
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('T02 an append is with the system when it returns, without a close', () => {
    const file = path()
    const store = stateFile(file)
    store.load()
    store.append(record('a', 1))
    expect(stateFile(file).load().records).toEqual([record('a', 1)])
  })

  test('T04 truncated in the middle of a line: the lines before it count, and it is told', () => {
    const file = path()
    const store = stateFile(file)
    store.rewrite([record('a', 1)])
    appendFileSync(file, JSON.stringify(record('a', 2)).slice(0, 40))
    const { records, trouble } = stateFile(file).load()
    expect(records).toEqual([record('a', 1)])
    expect(trouble).toContain('1 line of')
  })

  test.each([
    ['garbage', '\0\u0001garbage\n', 'is not one'],
    ['empty', '', 'is not one'],
    ['of a newer version', '{"stead":"state","version":99}\n', 'version 99'],
  ])('T04 %s: it is put aside, not overwritten', (_what, text, told) => {
    const file = path()
    stateFile(file).rewrite([])
    writeFileSync(file, text)
    const store = stateFile(file)
    const { records, trouble } = store.load()
    expect(records).toEqual([])
    expect(trouble).toContain(told)
    store.append(record('a', 1))
    expect(readFileSync(`${file}.bad`, 'utf8')).toBe(text)
    expect(stateFile(file).load().records).toEqual([record('a', 1)])
  })

  test.skipIf(!existsSync('/dev/full'))(
    'T04 it cannot be written: nothing is thrown, and it is told',
    () => {
      const store = stateFile('/dev/full/state.jsonl')
      store.append(record('a', 1))
      expect(store.trouble).toContain('cannot be saved')
    },
  )

  test('is made anew before it grows without bound', () => {
    const file = path()
    const store = stateFile(file)
    store.rewrite([])
    for (let incarnation = 1; incarnation < 5_000; incarnation += 1) {
      store.append(record('a', incarnation))
    }
    expect(statSync(file).size).toBeLessThan(1_100_000)
    expect(stateFile(file).load().records.at(-1)).toEqual(record('a', 4_999))
  })
})
