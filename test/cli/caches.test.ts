import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root, stead } from './stead.ts'

const posix = process.platform !== 'win32'
let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stead-caches-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const run = (): ReturnType<typeof stead> => stead(['version'], { env: { STEAD_HOME: home } })

describe.runIf(posix)('the cache of compiled code', () => {
  test('is what the process begins with that reads a stead.yaml', async () => {
    const file = join(home, 'stead.yaml')
    writeFileSync(file, 'services: { a: { command: [/bin/sleep, "600"] } }\n')
    const env = { STEAD_HOME: home }
    const words = ['export', 'supervisord', '-f', file]
    expect(await stead(words, { env })).toMatchObject({ code: 0 })
    const reader = statSync(join(root, 'src', 'cli', 'spec-reader.ts'), { bigint: true })
    const { dev, ino, mtimeNs, ctimeNs, size } = reader
    const entries = readdirSync(join(home, 'cache', `types-${process.versions.node}`))
    expect(entries).toContain([dev, ino, mtimeNs, ctimeNs, size].join('-'))
  })

  test('lies under STEAD_HOME, where nobody else can write or look', async () => {
    await run()
    expect(statSync(join(home, 'cache')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(home, 'cache')).length).toBeGreaterThan(0)
  })

  test('is not used where others may write into it', async () => {
    mkdirSync(join(home, 'cache'))
    chmodSync(join(home, 'cache'), 0o777)
    const { code } = await run()
    expect(code).toBe(0)
    expect(readdirSync(join(home, 'cache'))).toEqual([])
  })

  test('is not used where others could put another directory in its place', async () => {
    chmodSync(home, 0o777)
    await run()
    expect(readdirSync(join(home, 'cache'))).toEqual([])
  })

  test('is judged by the directory that a link leads to', async () => {
    const open = join(home, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    symlinkSync(open, join(home, 'cache'))
    await run()
    expect(readdirSync(open)).toEqual([])
  })

  test('is done without where it cannot be made', async () => {
    writeFileSync(join(home, 'cache'), 'a file')
    expect((await run()).code).toBe(0)
    expect(readFileSync(join(home, 'cache'), 'utf8')).toBe('a file')
  })

  test('keeps what is left of TypeScript, and uses what it kept', async () => {
    await run()
    const types = join(home, 'cache', `types-${process.versions.node}`)
    const kept = readdirSync(types)
    expect(kept.length).toBeGreaterThan(5)
    await run()
    expect(readdirSync(types)).toEqual(kept)
    expect(existsSync(join(types, `${kept[0]}.tmp`))).toBe(false)
  })

  test('is of the files that a link leads to, for a checkout that is behind one', async () => {
    await run()
    const types = join(home, 'cache', `types-${process.versions.node}`)
    const kept = readdirSync(types)
    symlinkSync(root, join(home, 'checkout'))
    const words = [join(home, 'checkout', 'bin', 'stead.js'), 'version']
    execFileSync(process.execPath, words, { env: { ...process.env, STEAD_HOME: home } })
    expect(readdirSync(types)).toEqual(kept)
  })

  test('is done without where an entry is gone or cannot be read', async () => {
    await run()
    const types = join(home, 'cache', `types-${process.versions.node}`)
    for (const entry of readdirSync(types)) {
      rmSync(join(types, entry))
      mkdirSync(join(types, entry))
    }
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
  })

  test('is emptied when it has grown, also where an entry cannot be removed', async () => {
    const types = join(home, 'cache', `types-${process.versions.node}`)
    mkdirSync(join(types, '0', 'in the way'), { recursive: true })
    for (let n = 1; n <= 2_000; n++) writeFileSync(join(types, `${n}`), '')
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(types).length).toBeLessThan(500)
  })
})
