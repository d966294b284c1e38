import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { npmClient, type RunNpm } from './npm-client.ts'
import { packageCache } from './package-cache.ts'
import type { PinnedPackage } from './runtimes.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-packages-'))
const cacheDirectory = join(room, 'cache')
afterAll(() => rmSync(room, { recursive: true }))

mkdirSync(join(room, 'package'))
writeFileSync(join(room, 'package', 'file'), 'content')
execFileSync('tar', ['-czf', 'made.tgz', 'package'], { cwd: room })
const tarball = join(room, 'made.tgz')
const wanted: PinnedPackage = {
  name: '@scope/thing',
  version: '1.2.3',
  integrity: `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`,
  member: 'package/file',
}

let calls: string[][]
/** Stands for npm: it puts the tarball where it is told to. */
const fakeNpm: RunNpm = async (words) => {
  calls.push([...words])
  cpSync(tarball, join(words[words.indexOf('--pack-destination') + 1] as string, 'x.tgz'))
  return { code: 0, said: '' }
}

beforeEach(() => {
  calls = []
  rmSync(cacheDirectory, { recursive: true, force: true })
})

describe('a package that is known by its hash', () => {
  test('is fetched once, and is out of the cache from then on', async () => {
    const cache = packageCache({ directory: cacheDirectory, npm: fakeNpm })
    expect((await cache.file(wanted)).toString()).toBe('content')
    expect((await cache.file(wanted)).toString()).toBe('content')
    expect(calls.map(([verb, what]) => [verb, what])).toEqual([['pack', '@scope/thing@1.2.3']])
    expect(readdirSync(cacheDirectory)).toEqual(['@scope+thing@1.2.3.tgz'])
  })

  test('is refused where npm brings another, and nothing is kept', async () => {
    const cache = packageCache({ directory: cacheDirectory, npm: fakeNpm })
    const other = { ...wanted, integrity: `sha512-${'A'.repeat(86)}==` }
    await expect(cache.file(other)).rejects.toMatchObject({ code: 'PACK_RUNTIME_DAMAGED' })
    expect(readdirSync(cacheDirectory)).toEqual([])
  })

  test('is refused where one byte in the cache has changed', async () => {
    const cache = packageCache({ directory: cacheDirectory, npm: fakeNpm })
    await cache.file(wanted)
    const path = join(cacheDirectory, '@scope+thing@1.2.3.tgz')
    const bytes = readFileSync(path)
    bytes[20] = (bytes[20] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await expect(cache.file(wanted)).rejects.toMatchObject({
      code: 'PACK_RUNTIME_DAMAGED',
      message: expect.stringContaining(path),
    })
  })

  test('is an error that says what npm said where there is no network', async () => {
    // A real npm, and a port where nobody listens.
    const env = {
      ...process.env,
      npm_config_registry: 'http://127.0.0.1:1/',
      npm_config_fetch_retries: '0',
      npm_config_loglevel: 'silent',
      npm_config_cache: join(room, 'npm'),
    }
    const cache = packageCache({ directory: cacheDirectory, npm: npmClient(env) })
    await expect(cache.file(wanted)).rejects.toMatchObject({
      code: 'PACK_RUNTIME_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    expect(readdirSync(cacheDirectory)).toEqual([])
  })
})
