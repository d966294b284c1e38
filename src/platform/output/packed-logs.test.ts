import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { type LogPacker, logPacker, type PackedLog, placePacked } from './packed-logs.ts'

let folder: string
let log: string
let packer: LogPacker

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-packed-'))
  log = join(folder, 'api.log')
  packer = logPacker(placePacked, 0)
})
afterEach(async () => {
  await packer.close()
  rmSync(folder, { recursive: true, force: true })
})

const textOf = (name: string): string => gunzipSync(readFileSync(join(folder, name))).toString()

describe('rotated logs', () => {
  test('one that is packed again before it has its place spoils nothing of what is ready', async () => {
    writeFileSync(`${log}.1`, 'old')
    const ready: PackedLog[] = []
    packer = logPacker((done) => void ready.push(done), 0)
    packer.pack(log)
    await until('it is packed', () => ready.length === 1)
    packer.pack(log)
    await until('it is packed again', () => ready.length === 2)
    const [first, second] = ready as [PackedLog, PackedLog]
    expect(second.packed).not.toBe(first.packed)
    for (const done of [first, second]) placePacked(done)
    expect(readdirSync(folder)).toEqual(['api.log.1.gz'])
    expect(textOf('api.log.1.gz')).toBe('old')
  })

  test('one that cannot be read does not keep the others from being packed', async () => {
    writeFileSync(`${log}.1`, 'new')
    mkdirSync(`${log}.2`)
    writeFileSync(`${log}.3`, 'old')
    packer.pack(log)
    await until('the newest is packed', () => existsSync(`${log}.1.gz`))
    expect(readdirSync(folder).sort()).toEqual(['api.log.1.gz', 'api.log.2', 'api.log.3.gz'])
    expect([textOf('api.log.1.gz'), textOf('api.log.3.gz')]).toEqual(['new', 'old'])
  })

  test('one that moves up while an older one is being packed is packed where it is then', async () => {
    writeFileSync(`${log}.1`, 'middle')
    writeFileSync(`${log}.2`, 'old')
    let moved = false
    packer = logPacker((done) => {
      placePacked(done)
      if (moved) return
      moved = true
      renameSync(`${log}.2.gz`, `${log}.3.gz`)
      renameSync(`${log}.1`, `${log}.2`)
      writeFileSync(`${log}.1`, 'new')
    }, 0)
    packer.pack(log)
    await until('all are packed', () => existsSync(`${log}.1.gz`) && existsSync(`${log}.2.gz`))
    expect([1, 2, 3].map((n) => textOf(`api.log.${n}.gz`))).toEqual(['new', 'middle', 'old'])
  })

  test('one that was written a moment ago rests before it is packed', async () => {
    writeFileSync(`${log}.1`, 'new')
    writeFileSync(`${log}.2`, 'old')
    const { mtimeMs } = statSync(`${log}.1`)
    utimesSync(`${log}.2`, 0, 0)
    let moved = false
    // Before the packer goes on: however long the old one took, the new one is not packed yet.
    packer = logPacker((done) => {
      placePacked(done)
      if (moved) return
      moved = true
      rmSync(`${log}.2.gz`)
      renameSync(`${log}.1`, `${log}.2`)
    }, 300)
    packer.pack(log)
    await until('the new one is packed', () => existsSync(`${log}.2.gz`))
    expect(statSync(`${log}.2.gz`).ctimeMs - mtimeMs).toBeGreaterThan(290)
    expect(readdirSync(folder)).toEqual(['api.log.2.gz'])
  })

  test('closing does not wait for one that rests', async () => {
    packer = logPacker(placePacked, 3_600_000)
    writeFileSync(`${log}.1`, 'new')
    packer.pack(log)
    await packer.close()
    expect(readdirSync(folder)).toEqual(['api.log.1'])
  })

  test('what is asked for when the last one is done is packed too', async () => {
    writeFileSync(`${log}.1`, 'first')
    packer.pack(log)
    await until('the first is packed', () => existsSync(`${log}.1.gz`))
    writeFileSync(`${log}.2`, 'second')
    packer.pack(log)
    await until('the second is packed', () => existsSync(`${log}.2.gz`))
    expect(textOf('api.log.2.gz')).toBe('second')
  })
})
