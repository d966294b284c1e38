import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { tarMember } from './tar-member.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-tar-'))
afterAll(() => rmSync(room, { recursive: true }))

function archive(): Buffer {
  mkdirSync(join(room, 'package', 'bin'), { recursive: true })
  writeFileSync(join(room, 'package', 'bin', 'node'), 'x'.repeat(1_000))
  writeFileSync(join(room, 'package', 'empty'), '')
  execFileSync('tar', ['--format=ustar', '-cf', 'a.tar', 'package'], { cwd: room })
  return readFileSync(join(room, 'a.tar'))
}

/** The archive as it comes out of zlib: in pieces of any size. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('a file out of an archive that tar made', () => {
  const made = archive()

  test.each([1, 100, 511, 512, 513, 1_000_000])(
    'is the bytes that went in, by pieces of %i',
    async (size) => {
      const file = await tarMember(inPieces(made, size), 'package/bin/node')
      expect(file?.toString()).toBe('x'.repeat(1_000))
      expect(await tarMember(inPieces(made, size), 'package/empty')).toHaveLength(0)
    },
  )

  test('is not a directory, and not what is not there', async () => {
    expect(await tarMember(inPieces(made, 512), 'package/bin/')).toBeNull()
    expect(await tarMember(inPieces(made, 512), 'package/bin/npm')).toBeNull()
  })

  test('is not there where the archive ends in the middle of it', async () => {
    expect(await tarMember(inPieces(made.subarray(0, 2_000), 512), 'package/bin/node')).toBeNull()
    expect(await tarMember(inPieces(Buffer.alloc(0), 512), 'package/bin/node')).toBeNull()
  })

  test('is all that is read, up to its end', async () => {
    let read = 0
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const piece of inPieces(made, 512)) {
        read += 1
        yield piece
      }
    }
    const [first = ''] = execFileSync('tar', ['-tf', 'a.tar'], { cwd: room, encoding: 'utf8' })
      .split('\n')
      .filter((name) => !name.endsWith('/'))
    expect(await tarMember(counted(), first)).not.toBeNull()
    expect(read).toBeLessThan(made.length / 512)
  })
})
