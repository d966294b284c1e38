import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makePrivate } from './addon-directories.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-private-'))
afterAll(() => rmSync(room, { recursive: true }))

describe('a directory for what is loaded as code', () => {
  test('is made for its owner alone', () => {
    expect(makePrivate(join(room, 'new', 'addons'))).toBeNull()
  })

  test('is refused where others may write to it', () => {
    const open = join(room, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    expect(makePrivate(open)).toBe('others may write to it')
  })

  test('is refused where others may put another in its place', () => {
    const open = join(room, 'above')
    mkdirSync(join(open, 'addons'), { recursive: true, mode: 0o700 })
    chmodSync(open, 0o777)
    expect(makePrivate(join(open, 'addons'))).toContain('others may write to')
  })

  test('is looked at where it really is', () => {
    const open = join(room, 'target')
    mkdirSync(open)
    chmodSync(open, 0o777)
    symlinkSync(open, join(room, 'link'))
    expect(makePrivate(join(room, 'link'))).toBe('others may write to it')
  })

  test('is refused where it cannot be made', () => {
    expect(makePrivate('/proc/addons')).toContain('/proc/addons')
  })
})
