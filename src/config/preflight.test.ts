import { posix } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type MemoryFiles, memoryFiles } from '../../test/fakes/file-system.ts'
import type { Accounts } from '../model/ports/machine.ts'
import { completeSpec, type ServiceSpec } from '../model/service-spec.ts'
import { type PreflightPorts, preflight } from './preflight.ts'

let files: MemoryFiles
let ports: PreflightPorts

/** Accounts of a machine that has only these. */
const accounts: Accounts = {
  userExists: async (name) => name === 'www',
  groupExists: async (name) => name === 'www',
  isPrivileged: () => true,
  self: () => ({ name: 'root', uid: 0, home: '/root' }),
}

beforeEach(() => {
  files = memoryFiles()
  files.contents.set('/usr/bin/server', { text: '', mode: 0o755 })
  files.contents.set('/bin/server', { text: '', mode: 0o644 })
  files.contents.set('/etc/web.conf', { text: '', mode: 0o644 })
  files.directories.set('/srv', 0o755)
  ports = {
    files,
    accounts,
    paths: {
      isAbsolute: posix.isAbsolute,
      resolve: (path) => posix.resolve('/here', path),
      candidates: (word) => [`/bin/${word}`, `/usr/bin/${word}`],
    },
  }
})

const check = (settings: Partial<ServiceSpec>) =>
  preflight(completeSpec({ name: 'web', file: '/usr/bin/server', ...settings }), ports)

describe('before anything is planned', () => {
  test('a good spec is left as it is', async () => {
    const { spec, notes } = await check({ user: 'www', group: 'www', cwd: '/srv' })
    expect(spec).toMatchObject({ file: '/usr/bin/server', cwd: '/srv' })
    expect(notes).toEqual([])
  })

  test('a bare word is the first program of that name that may be run, and the plan says so', async () => {
    const { spec, notes } = await check({ file: 'server' })
    expect(spec.file).toBe('/usr/bin/server')
    expect(notes.join()).toContain('/usr/bin/server')
  })

  test('paths that the program is told become absolute', async () => {
    files.contents.set('/here/a.conf', { text: '', mode: 0o600 })
    expect((await check({ configFile: 'a.conf' })).spec.configFile).toBe('/here/a.conf')
    expect((await check({ remote: 'a.conf' })).spec.remote).toBe('/here/a.conf')
    const address = 'https://config.example/web.yaml'
    expect((await check({ remote: address })).spec.remote).toBe(address)
  })

  test.each<[string, Partial<ServiceSpec>, string, string]>([
    ['a program that is not there', { file: '/no' }, 'COMMAND_UNUSABLE', 'no such file'],
    ['a directory', { file: '/srv' }, 'COMMAND_UNUSABLE', 'directory'],
    ['a file that may not be run', { file: '/bin/server' }, 'COMMAND_UNUSABLE', 'executable'],
    ['a relative program', { file: './server' }, 'COMMAND_UNUSABLE', 'relative'],
    ['a word not on PATH', { file: 'nothing' }, 'COMMAND_UNUSABLE', 'PATH'],
    ['a directory that is not there', { cwd: '/no' }, 'CWD_UNUSABLE', 'no such directory'],
    ['a directory that is a file', { cwd: '/etc/web.conf' }, 'CWD_UNUSABLE', 'not a directory'],
    ['an unknown user', { user: 'nobody-such' }, 'USER_UNKNOWN', 'user'],
    ['an unknown group', { group: 'nobody-such' }, 'USER_UNKNOWN', 'group'],
    ['no file about a remote source', { remote: '/no' }, 'FILE_UNREADABLE', '/no'],
    ['no configuration file', { configFile: '/no' }, 'FILE_UNREADABLE', '/no'],
    ['a directory for a file', { envFile: '/srv' }, 'FILE_UNREADABLE', 'not a file'],
  ])('%s is refused', async (_, settings, code, words) => {
    await expect(check(settings)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })

  test.each<[string, Partial<ServiceSpec>, string]>([
    ['a program', { file: '/closed/x' }, 'COMMAND_UNUSABLE'],
    ['a directory', { cwd: '/closed/x' }, 'CWD_UNUSABLE'],
    ['a file', { envFile: '/closed/x' }, 'FILE_UNREADABLE'],
  ])('%s that may not be looked at is refused with the number', async (_, settings, code) => {
    const { facts } = files
    const closed = Object.assign(new Error('permission denied'), { code: 'EACCES' })
    files.facts = async (path) => {
      if (path.startsWith('/closed')) throw closed
      return facts(path)
    }
    await expect(check(settings)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('EACCES'),
      cause: closed,
    })
  })

  test('the remedy for a relative program names the whole path', async () => {
    await expect(check({ file: './server' })).rejects.toMatchObject({
      hint: 'write the whole path: /here/server',
    })
  })
})
