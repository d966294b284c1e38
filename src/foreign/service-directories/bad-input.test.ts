import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SteadError } from '../../errors.ts'
import { foreignFiles } from '../../platform/foreign-files.ts'
import { finish } from '../finish.ts'
import { kindOf } from '../kinds.ts'
import { importRunit } from './import.ts'

let room: string
const machine = { host: 'box', user: 'me', home: '/home/me' }

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'stead-sv-'))
})
afterEach(() => rmSync(room, { recursive: true, force: true }))

function write(path: string, text: string, mode = 0o755): void {
  mkdirSync(join(room, path, '..'), { recursive: true })
  writeFileSync(join(room, path), text, { mode })
}

function imported(files = foreignFiles()) {
  return finish(importRunit({ path: room, files, base: room, machine }), 'here', room)
}

test('a run larger than any script is a program', () => {
  write('big/run', 'x'.repeat(2 * 1024 * 1024))
  expect(imported().text).toContain('command: [./run]')
  expect(kindOf(room, foreignFiles())).toBe('runit')
})

test('a run that only others may read is a program', () => {
  write('secret/run', '#!/bin/sh\nexec app\n')
  const files = foreignFiles()
  const refused = new SteadError('FILE_UNREADABLE', { path: 'run', reason: 'EACCES' })
  const text = imported({
    ...files,
    readText(path) {
      if (path.endsWith('/run')) throw refused
      return files.readText(path)
    },
  }).text
  expect(text).toContain('command: [./run]')
})

test('links in a circle are told, and the others are imported', () => {
  symlinkSync('b', join(room, 'a'))
  symlinkSync('a', join(room, 'b'))
  write('good/run', '#!/bin/sh\nexec app\n')
  const { services, losses } = imported()
  expect(services).toBe(1)
  expect(losses.map(({ setting }) => setting)).toEqual(['a', 'b'])
})

test('a directory without a service is refused', () => {
  write('empty/README', 'nothing')
  expect(() => imported()).toThrow(expect.objectContaining({ code: 'FOREIGN_EMPTY' }))
})

test('a log that cannot be read is a loss, and not the end of the import', () => {
  write('app/run', '#!/bin/sh\nexec app\n')
  write('app/log/run', `#!/bin/sh\n${'#'.repeat(2 * 1024 * 1024)}\nexec svlogd .\n`)
  const { services, losses } = imported()
  expect(services).toBe(1)
  expect(losses).toMatchObject([{ service: 'app', setting: 'log' }])
})

test('service directories are links more often than not', () => {
  write('sv/app/run', '#!/bin/sh\nexec setuidgid bob app\n')
  write('sv/app/log/run', '#!/bin/sh\nexec svlogd /var/log/app\n')
  mkdirSync(join(room, 'service'))
  symlinkSync('../sv/app', join(room, 'service/app'))
  const at = join(room, 'service')
  const draft = importRunit({ path: at, files: foreignFiles(), base: at, machine })
  const { text, losses } = finish(draft, 'here', at)
  expect(text).toContain('user: bob')
  expect(text).toContain('file: /var/log/app/current')
  expect(losses).toEqual([])
})

test('a run that lies elsewhere is called, and not read', () => {
  write('elsewhere', '#!/bin/sh\nexec app\n')
  write('app/down', '')
  symlinkSync('../elsewhere', join(room, 'app/run'))
  expect(imported().text).toContain('command: [./run]')
})
