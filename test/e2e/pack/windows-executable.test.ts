import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchPackage, pinnedByLock } from '../wine/packages.ts'
import { createPrefix, type WinePrefix } from '../wine/prefix.ts'
import { damageAddon, HELLO, pack, unpack } from './packed.ts'

const EXE = 'C:\\Program Files\\Hello\\hello.exe'
const room = mkdtempSync(join(tmpdir(), 'stead-packed-'))
let prefix: WinePrefix
let folder: string

beforeAll(async () => {
  const { code, stderr } = pack(['-f', HELLO, '-o', join(room, 'out'), '--only', 'win-x64'])
  if (code !== 0) throw new Error(stderr)
  prefix = createPrefix()
  await prefix.boot()
  folder = join(prefix.path, 'drive_c', 'Program Files', 'Hello')
  mkdirSync(folder)
  unpack(join(room, 'out', 'hello_1.0.0_win_x64.zip'), folder)
}, 600_000)

afterAll(async () => {
  await prefix?.dispose()
  rmSync(room, { recursive: true, force: true })
})

const hello = (...words: string[]) => prefix.run(EXE, words)
const sc = async (...words: string[]): Promise<string> => (await prefix.run('sc', words)).stdout

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })
}

describe('the executable for Windows, in Wine', () => {
  test('lives the life of a service by its own verbs', async () => {
    const port = await freePort()
    expect(await hello('status')).toMatchObject({ code: 4 })
    // Wine does not know failure actions.
    const words = ['--env', `PORT=${port}`, '--restart', 'no']
    expect(await hello('install', ...words)).toMatchObject({ code: 0 })
    const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\hello'
    const { stdout: image } = await prefix.run('reg', ['query', key, '/v', 'ImagePath'])
    expect(image).toMatch(/REG_(EXPAND_)?SZ\s+"C:\\Program Files\\Hello\\hello\.exe"\s*$/)
    expect(await hello('start')).toMatchObject({ code: 0 })
    expect(await sc('query', 'hello')).toMatch(/STATE\s*: 4\s+RUNNING/)
    const health = await fetch(`http://127.0.0.1:${port}/healthz`)
    expect(await health.json()).toMatchObject({ ok: true })
    expect(await hello('status')).toMatchObject({ code: 0 })
    expect(await hello('restart')).toMatchObject({ code: 0 })
    expect(await hello('stop')).toMatchObject({ code: 0 })
    expect(await sc('query', 'hello')).toMatch(/STATE\s*: 1\s+STOPPED/)
    expect(await hello('uninstall')).toMatchObject({ code: 0 })
    expect(await hello('status')).toMatchObject({ code: 4 })
  })

  test('has its native part beside it, and nowhere else', () => {
    expect(readdirSync(join(folder, 'addons'))).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}\.node$/),
    ])
    const words = [join(prefix.path, 'drive_c'), '-name', '*.node', '-type', 'f']
    const found = execFileSync('find', words, { encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter((path) => !path.includes('/nodejs/'))
    expect(found).toHaveLength(1)
  })

  test('is refused where one bit of its native part has changed', async () => {
    const other = join(prefix.path, 'drive_c', 'Damaged')
    mkdirSync(other)
    cpSync(join(folder, 'hello.exe'), join(other, 'hello.exe'))
    const koffi = fetchPackage(pinnedByLock('@koromix/koffi-win32-x64'))
    damageAddon(join(other, 'hello.exe'), readFileSync(join(koffi, 'win32_x64', 'koffi.node')))
    const { code, stderr } = await prefix.run('C:\\Damaged\\hello.exe', ['status'])
    expect(code).not.toBe(0)
    expect(stderr).toContain('its hash differs')
    expect(readdirSync(other)).toEqual(['hello.exe'])
  })
})
