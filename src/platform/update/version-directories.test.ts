import {
  chmodSync,
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
import { forgetVersions, placeVersion, versionPlace } from './version-directories.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stead-versions-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const file = (path: string, text: string, mode = 0o644) => ({
  ...{ path, mode, bytes: Buffer.from(text) },
})
const only = (path: string) => ({ files: [file(path, '')], config: [], inUse: [] })
const place = () => ({ root, current: root })

describe('the versions of a program', () => {
  test('lie below where it was installed, whichever of them runs', () => {
    const first = { root: join('/opt', 'web'), current: join('/opt', 'web') }
    expect(versionPlace('/opt/web/web')).toEqual(first)
    expect(versionPlace('/opt/web/versions/1.1.0/web')).toEqual({
      ...{ root: '/opt/web', current: '/opt/web/versions/1.1.0' },
    })
  })

  test('have a directory each, with modes that no mask changes', async () => {
    const mask = process.umask(0o077)
    try {
      const files = [file('web', 'program', 0o755), file('doc/read me.txt', 'text')]
      const made = await placeVersion(place(), '1.1.0', { files, config: [], inUse: [] })
      expect(made).toBe(join(root, 'versions', '1.1.0'))
      const modes = ['web', 'doc/read me.txt'].map(
        (path) => statSync(join(made, path)).mode & 0o777,
      )
      expect(modes).toEqual([0o755, 0o644])
      expect(readdirSync(join(root, 'versions'))).toEqual(['1.1.0'])
    } finally {
      process.umask(mask)
    }
  })

  test('take on what a user has changed, and have their own beside it', async () => {
    writeFileSync(join(root, 'web.yaml'), 'port: 9000')
    chmodSync(join(root, 'web.yaml'), 0o640)
    writeFileSync(join(root, 'same.yaml'), 'as it came')
    const files = [
      file('web.yaml', 'port: 80'),
      file('same.yaml', 'as it came'),
      file('more.yaml', ''),
    ]
    const config = ['web.yaml', 'same.yaml', 'more.yaml']
    const made = await placeVersion(place(), '1.1.0', { files, config, inUse: [] })
    const own = ['more.yaml', 'same.yaml', 'web.yaml']
    const names = own.flatMap((name) => [name, `${name}.default`])
    expect(readdirSync(made).toSorted()).toEqual(names)
    expect(readFileSync(join(made, 'web.yaml'), 'utf8')).toBe('port: 9000')
    expect(statSync(join(made, 'web.yaml')).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(made, 'web.yaml.default'), 'utf8')).toBe('port: 80')
  })

  test('may have a file of the name that is beside a changed one', async () => {
    const files = [file('web.yaml', 'port: 80'), file('web.yaml.default', 'its own')]
    const made = await placeVersion(place(), '1.1.0', { files, config: ['web.yaml'], inUse: [] })
    expect(readFileSync(join(made, 'web.yaml.default'), 'utf8')).toBe('its own')
  })

  test('have their own files where those of the version before are as it brought them', async () => {
    const config = ['web.yaml']
    const of = (text: string) => ({ files: [file('web.yaml', text)], config, inUse: [] })
    const first = await placeVersion(place(), '1.1.0', of('port: 80'))
    const second = await placeVersion({ root, current: first }, '1.2.0', of('port: 81'))
    expect(readFileSync(join(second, 'web.yaml'), 'utf8')).toBe('port: 81')
    writeFileSync(join(second, 'web.yaml'), 'port: 9000')
    const third = await placeVersion({ root, current: second }, '1.3.0', of('port: 82'))
    expect(readFileSync(join(third, 'web.yaml'), 'utf8')).toBe('port: 9000')
    expect(readFileSync(join(third, 'web.yaml.default'), 'utf8')).toBe('port: 82')
  })

  test('do not take on what a link leads to', async () => {
    symlinkSync('/etc/passwd', join(root, 'web.yaml'))
    const made = await placeVersion(place(), '1.1.0', {
      ...{ files: [file('web.yaml', 'port: 80')], config: ['web.yaml'], inUse: [] },
    })
    expect(readFileSync(join(made, 'web.yaml'), 'utf8')).toBe('port: 80')
  })

  test('that cannot be written leave nothing half made', async () => {
    const files = [file('a', 'a file'), file('a/b', 'below a file')]
    await expect(placeVersion(place(), '1.1.0', { files, config: [], inUse: [] })).rejects.toThrow()
    expect(readdirSync(join(root, 'versions'))).toEqual([])
  })

  test('that were tried before are replaced whole, but never the one that runs', async () => {
    const made = await placeVersion(place(), '1.1.0', only('old'))
    await placeVersion(place(), '1.1.0', only('new'))
    expect(readdirSync(made)).toEqual(['new'])
    await expect(placeVersion({ root, current: made }, '1.1.0', only('new'))).rejects.toThrow(
      'that runs',
    )
    expect(readdirSync(made)).toEqual(['new'])
  })

  test('that another service runs are left as they are', async () => {
    const made = await placeVersion(place(), '1.1.0', only('of the other'))
    const more = { ...only('new'), inUse: [made] }
    expect(await placeVersion(place(), '1.1.0', more)).toBe(made)
    expect(readdirSync(made)).toEqual(['of the other'])
  })

  test('are forgotten but for those that are named, and what nobody has updated to', async () => {
    const versions = join(root, 'versions')
    for (const name of [
      '1.0.1',
      '1.1.0',
      '1.2.0-rc.1',
      '.1.3.0.0123456789ab',
      'data',
      '.1.3.0.abc',
    ])
      mkdirSync(join(versions, name), { recursive: true })
    const left = await forgetVersions(root, [join(versions, '1.1.0')])
    const names = ['.1.3.0.abc', '1.1.0', 'data']
    expect(readdirSync(versions).toSorted()).toEqual(names)
    expect(left.toSorted()).toEqual(names.map((name) => join(versions, name)))
    expect(await forgetVersions(join(root, 'nowhere'), [])).toEqual([])
  })

  test('are gone with their directory where none is left', async () => {
    await placeVersion(place(), '1.1.0', only('web'))
    expect(await forgetVersions(root, [])).toEqual([])
    expect(readdirSync(root)).toEqual([])
  })
})
