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
    const grown = next()
    appendFileSync(path, 'more\n')
    expect(await grown).toBe('more')
    writeFileSync(path, 'new, and longer than what was there before\nlast\n')
    expect(await next()).toBe('new, and longer than what was there before')
    expect(await next()).toBe('last')
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
    for (let time = 0; time < times; time += 1) expect(await next()).toBe(`new ${time}`)
    expect(told).toBe(gaps)
    stop.abort()
    expect(await next()).toBe(undefined)
  })
})

describe('rotated logs', () => {
  const number = (line: string): number => Number(line.split(' ').at(-1))

  test('are read over all their files, packed ones too', async () => {
    writeFileSync(`${path}.3.gz`, gzipSync('1\n2\n'))
    writeFileSync(`${path}.2.gz`, gzipSync('3\n'))
    writeFileSync(`${path}.2`, '3\n')
    writeFileSync(`${path}.1`, '4\n')
    writeFileSync(path, '5\n6')
    expect(await all(null)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(await all(4)).toEqual(['3', '4', '5', '6'])
    expect(await all(2)).toEqual(['5', '6'])
  })

  test('are read from a time on; lines without one belong to the line before', async () => {
    writeFileSync(
      `${path}.1`,
      '2026-01-01T00:00:00.000Z <6> a\n2026-01-01T00:00:02.000Z <6> b\n  at x\n',
    )
    writeFileSync(path, '{"at":"2026-01-01T00:00:03.000Z","service":"s","text":"c"}\n')
    const since = new Date('2026-01-01T00:00:01Z')
    for (const last of [null, 10]) {
      const lines = await Array.fromAsync(files.tail(path, { last, follow: false, since }))
      expect(lines.map((line) => line.slice(-4))).toEqual(['6> b', 'at x', '"c"}'])
    }
  })

  test('O08 are followed over rotations and packing without losing a line', async () => {
    const stop = new AbortController()
    writeFileSync(path, 'line 1\n')
    const lines = files
      .tail(path, { last: 10, follow: true, signal: stop.signal })
      [Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('line 1')
    const second = lines.next()
    appendFileSync(path, 'line 2\n')
    expect((await second).value).toBe('line 2')
    // Three rotations and a packing between two looks.
    appendFileSync(path, 'line 3\n')
    writeFileSync(`${path}.3.gz`, gzipSync(readFileSync(path)))
    rmSync(path)
    writeFileSync(`${path}.2`, 'line 4\nline 5\n')
    writeFileSync(`${path}.1`, 'line 6\n')
    writeFileSync(path, 'line 7\n')
    const read: number[] = []
    while (read.at(-1) !== 7) read.push(number((await lines.next()).value as string))
    expect(read).toEqual([3, 4, 5, 6, 7])
    stop.abort()
  })

  test('O08 a reader that is too slow is told that lines were rotated away', async () => {
    const stop = new AbortController()
    writeFileSync(path, 'line 1\n')
    let told = 0
    const missed = (): void => {
      told += 1
    }
    const lines = files
      .tail(path, { last: 10, follow: true, missed, signal: stop.signal })
      [Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('line 1')
    const second = lines.next()
    appendFileSync(path, 'line 2\n')
    expect((await second).value).toBe('line 2')
    writeFileSync(`${path}.1`, 'line 8\n')
    writeFileSync(`${path}.new`, 'line 9\n')
    renameSync(`${path}.new`, path)
    expect((await lines.next()).value).toBe('line 8')
    expect(told).toBe(1)
    expect((await lines.next()).value).toBe('line 9')
    stop.abort()
  })
})
