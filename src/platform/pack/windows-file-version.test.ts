import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NtExecutable, NtExecutableResource, Resource } from 'resedit'
import { afterAll, describe, expect, test } from 'vitest'
import { windowsFileVersion } from './windows-file-version.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-file-version-'))
afterAll(() => rmSync(room, { recursive: true }))

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(room, name)
  writeFileSync(path, bytes)
  return path
}

describe('the version of a file of Windows', () => {
  test('is the one in its resources, with all four numbers', async () => {
    const executable = NtExecutable.createEmpty(false, true)
    const resources = NtExecutableResource.from(executable)
    Resource.VersionInfo.create({
      lang: 0x0409,
      fixedInfo: { fileVersionMS: 0x0001_ffff, fileVersionLS: 0x8000_0002 },
      strings: [],
    }).outputToResourceEntries(resources.entries)
    resources.outputResource(executable)
    const path = file('versioned.dll', new Uint8Array(executable.generate()))
    expect(await windowsFileVersion(path)).toBe('1.65535.32768.2')
  })

  test.each([
    ['empty', ''],
    ['a text', 'version 1.2.3'],
    ['what only begins like one', 'MZ and nothing else'],
    ['one without resources', new Uint8Array(NtExecutable.createEmpty(false, true).generate())],
  ])('is none for %s', async (name, bytes) => {
    expect(await windowsFileVersion(file(name, bytes))).toBeNull()
  })
})
