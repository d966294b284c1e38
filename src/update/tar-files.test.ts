import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tarFiles } from './tar-files.ts'

let room: string
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'stead-tar-'))
})
afterEach(() => rmSync(room, { recursive: true }))

/** What tar(1) makes of the room. */
function packed(...words: readonly string[]): Buffer {
  return execFileSync('tar', ['-C', room, '--format=ustar', '-c', '-f', '-', ...words], {
    maxBuffer: 100_000_000,
  })
}

function problemOf(archive: Buffer): string {
  const read = tarFiles(archive)
  return 'problem' in read ? read.problem : 'none'
}

describe('an archive', () => {
  test('has the files that tar put into it, with their bytes and modes', () => {
    const long = 'd'.repeat(90)
    mkdirSync(join(room, long, 'deep 程序'), { recursive: true })
    writeFileSync(join(room, 'app'), 'x'.repeat(1_000))
    chmodSync(join(room, 'app'), 0o755)
    writeFileSync(join(room, 'empty'), '')
    chmodSync(join(room, 'empty'), 0o622)
    writeFileSync(join(room, long, 'deep 程序', 'config.yaml'), 'a: 1\n')
    const read = tarFiles(packed('app', 'empty', long))
    if ('problem' in read) throw new Error(read.problem)
    expect(read.map(({ path, mode, bytes }) => [path, mode, bytes.length])).toEqual([
      ['app', 0o755, 1_000],
      ['empty', 0o600, 0],
      [`${long}/deep 程序/config.yaml`, 0o644, 5],
    ])
    expect(Buffer.from(read[2]?.bytes ?? []).toString()).toBe('a: 1\n')
  })

  test('with links is refused, symbolic and hard', () => {
    writeFileSync(join(room, 'a'), 'a')
    symlinkSync('/etc/passwd', join(room, 'b'))
    linkSync(join(room, 'a'), join(room, 'c'))
    expect(problemOf(packed('b'))).toBe('b is neither a file nor a directory')
    expect(problemOf(packed('a', 'c'))).toBe('c is neither a file nor a directory')
  })

  test('with a path that leads out is refused', () => {
    writeFileSync(join(room, 'a'), 'a')
    for (const path of ['../a', '/a', 'x/../../a', 'C:/a'])
      expect(problemOf(packed('-P', `--transform=s,^a$,${path},`, 'a'))).toContain('leads out')
  })

  test('with the same path twice, or a file above a file, is refused', () => {
    writeFileSync(join(room, 'a'), 'a')
    writeFileSync(join(room, 'b'), 'b')
    expect(problemOf(packed('a', '--transform=s,^b$,a,', 'b'))).toBe('a cannot be beside a in it')
    expect(problemOf(packed('a', '--transform=s,^b$,a/b,', 'b'))).toBe(
      'a/b cannot be beside a in it',
    )
  })

  test('that is cut off anywhere, or has a flipped byte in a header, is refused', () => {
    writeFileSync(join(room, 'a'), 'a'.repeat(600))
    const whole = packed('a')
    for (const length of [0, 100, 512, 1_000, 1_536])
      expect(problemOf(whole.subarray(0, length)), String(length)).not.toBe('none')
    for (const at of [0, 101, 130, 150, 156, 300]) {
      const bent = Buffer.from(whole)
      bent[at] = (bent[at] ?? 0) ^ 0x01
      expect(problemOf(bent), String(at)).not.toBe('none')
    }
  })

  test('in the formats of GNU and pax with their extensions is refused', () => {
    const long = 'e'.repeat(200)
    writeFileSync(join(room, long), 'a')
    for (const format of ['gnu', 'pax']) {
      const archive = execFileSync('tar', ['-C', room, `--format=${format}`, '-c', '-f', '-', long])
      expect(problemOf(archive)).not.toBe('none')
    }
  })
})
