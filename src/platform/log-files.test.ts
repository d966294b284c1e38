import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { logFiles } from './log-files.ts'

const files = logFiles(systemClock())
let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-log-'))
  path = join(folder, 'app.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function all(last: number | null, keep?: (line: string) => boolean): Promise<string[]> {
  const options = keep === undefined ? { last, follow: false } : { last, follow: false, keep }
  return Array.fromAsync(files.tail(path, options))
}

describe('the tail of a log file', () => {
  test('a file that is not there has no lines', async () => {
    expect(await all(10)).toEqual([])
  })

  test('is the newest lines, oldest first, the rotated file before', async () => {
    writeFileSync(`${path}.1`, 'one\r\ntwo\n')
    writeFileSync(path, 'three\n\nfünf')
    expect(await all(3)).toEqual(['three', '', 'fünf'])
    expect(await all(null)).toEqual(['one', 'two', 'three', '', 'fünf'])
    expect(await all(0)).toEqual([])
  })

  test('counts only the lines that are kept', async () => {
    writeFileSync(path, 'a1\nb1\na2\nb2\na3\n')
    expect(await all(2, (line) => line.startsWith('a'))).toEqual(['a2', 'a3'])
  })

  test('a character on the edge of two reads stays whole', async () => {
    const line = `${'x'.repeat(64 * 1024 - 1)}ü`
    writeFileSync(path, `${line}\n`)
    expect(await all(null)).toEqual([line])
  })

  test('followed, it goes on over late creation, half lines, rotation and emptying', async () => {
    const stop = new AbortController()
    const lines = files
      .tail(path, { last: 10, follow: true, signal: stop.signal })
      [Symbol.asyncIterator]()
    const next = async (): Promise<string | undefined> => (await lines.next()).value
    const first = next()
    writeFileSync(path, 'one\nhal')
    expect(await first).toBe('one')
    appendFileSync(path, 'f\n')
    expect(await next()).toBe('half')
    appendFileSync(path, 'last of the old file\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'first of the new file\n')
    expect(await next()).toBe('last of the old file')
    expect(await next()).toBe('first of the new file')
    writeFileSync(path, 'short\n')
    expect(await next()).toBe('short')
    const end = lines.next()
    stop.abort()
    expect((await end).done).toBe(true)
  })

  test.each([
    ['rotated once', 1, false, 0],
    ['rotated once and packed', 1, true, 0],
    ['rotated more often than it was looked at', 2, false, 1],
    ['rotated more often, and packed', 2, true, 1],
  ])('followed, a log that is %s loses nothing in silence', async (_, times, packed, gaps) => {
    const stop = new AbortController()
    let told = 0
    const missed = (): void => {
      told += 1
    }
    const lines = files
      .tail(path, { last: 10, follow: true, missed, signal: stop.signal })
      [Symbol.asyncIterator]()
    const next = async (): Promise<string | undefined> => (await lines.next()).value
    writeFileSync(path, 'one\n')
    expect(await next()).toBe('one')
    const second = next()
    appendFileSync(path, 'two\n')
    expect(await second).toBe('two')
    appendFileSync(path, 'three, which nobody has read when it is moved\n')
    for (let time = 0; time < times; time += 1) {
      rmSync(`${path}.1`, { force: true })
      renameSync(path, `${path}.1`)
      writeFileSync(path, `new ${time}\n`)
    }
    if (packed) {
      writeFileSync(`${path}.1.gz`, gzipSync(readFileSync(`${path}.1`)))
      rmSync(`${path}.1`)
    }
    expect(await next()).toBe('three, which nobody has read when it is moved')
    expect(await next()).toBe(`new ${times - 1}`)
    expect(told).toBe(gaps)
    stop.abort()
    expect(await next()).toBe(undefined)
  })
})
