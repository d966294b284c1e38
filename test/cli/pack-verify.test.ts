import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { checksums } from '../../src/pack/checksums.ts'
import { signFiles } from '../../src/secrets/signature.ts'
import { newSigningKeys, parsePrivateKey } from '../../src/secrets/signing-key.ts'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'

const STEAD = fileURLToPath(new URL('../../bin/stead.js', import.meta.url))
const NAMES = ['app.tar.gz', 'app.deb']
let room: string
let list: string

beforeEach(() => {
  room = temporaryDirectory('verify')
  list = join(room, 'app_1.0.0_checksums.txt')
  const { privatePem, publicPem } = newSigningKeys()
  writeFileSync(join(room, 'release.pub'), publicPem)
  writeFileSync(join(room, 'stranger.pub'), newSigningKeys().publicPem)
  for (const name of NAMES) writeFileSync(join(room, name), name)
  const text = checksums(
    NAMES.map((name) => ({ name, sha256: createHash('sha256').update(name).digest('hex') })),
  )
  const key = parsePrivateKey(privatePem, 'a test')
  if ('problem' in key) throw new Error(key.problem)
  const files = [{ name: 'app_1.0.0_checksums.txt', bytes: Buffer.from(text) }]
  writeFileSync(list, text)
  writeFileSync(`${list}.sig`, signFiles({ files, key, sequence: 1 }))
})

function verify(...more: string[]) {
  const words = [STEAD, 'pack', 'verify', list, '--key', join(room, 'release.pub'), ...more]
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('artefacts that were published', () => {
  test('are named, each of those that are here', () => {
    rmSync(join(room, 'app.deb'))
    expect(verify()).toEqual({
      status: 0,
      stdout: 'app.tar.gz is what was published\n',
      stderr: '',
    })
    const { files } = JSON.parse(verify('--json').stdout)
    expect(files).toEqual([
      { name: 'app.deb', state: 'absent' },
      { name: 'app.tar.gz', state: 'good' },
    ])
  })

  test.each([
    [
      'a file that was changed',
      () => writeFileSync(join(room, 'app.deb'), 'x'),
      'app.deb was changed',
    ],
    ['another list', () => writeFileSync(list, 'x'), 'was changed after it was signed'],
    ['no signature', () => rmSync(`${list}.sig`), 'it is not signed'],
    ['nothing to check', () => NAMES.map((name) => rmSync(join(room, name))), 'none of its files'],
  ])('are refused with %s', (_, change, reason) => {
    change()
    const { status, stderr } = verify()
    expect(status).toBe(1)
    expect(stderr).toContain('PACK_NOT_AUTHENTIC')
    expect(stderr).toContain(reason)
  })

  test('are refused with the signature of somebody else', () => {
    const { status, stderr } = verify('--key', join(room, 'stranger.pub'))
    expect([status, stderr]).toEqual([1, expect.stringContaining('which is not trusted here')])
  })
})
