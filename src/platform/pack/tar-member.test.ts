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

describe('a file out of an archive that tar made', () => {
  const made = archive()

  test('is the bytes that went in', () => {
    expect(tarMember(made, 'package/bin/node')?.toString()).toBe('x'.repeat(1_000))
    expect(tarMember(made, 'package/empty')).toHaveLength(0)
  })

  test('is not a directory, and not what is not there', () => {
    expect(tarMember(made, 'package/bin/')).toBeNull()
    expect(tarMember(made, 'package/bin/npm')).toBeNull()
  })

  test('is not there where the archive ends in the middle of it', () => {
    expect(tarMember(made.subarray(0, 2_000), 'package/bin/node')).toBeNull()
    expect(tarMember(Buffer.alloc(0), 'package/bin/node')).toBeNull()
  })
})
