import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { whoElseWrites } from '../../model/way-to-file.ts'
import { wayTo } from './way-to.ts'

const isRoot = process.getuid?.() === 0

/** Real files with real owners: only root can give them away. */
describe.runIf(isRoot)('who else writes a file of root', () => {
  let place = ''
  let file = ''
  const writer = (path = file) => {
    const found = whoElseWrites(wayTo(path), 0)
    return found === null ? null : `${found.who}: ${found.path.replace(place, '')}`
  }

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'stead-way-'))
    mkdirSync(join(place, 'etc'), { mode: 0o755 })
    file = join(place, 'etc', 'stead.yaml')
    writeFileSync(file, '', { mode: 0o644 })
  })
  afterEach(() => {
    rmSync(place, { recursive: true })
  })

  test('is nobody, below a directory such as /tmp too', () => {
    expect(writer()).toBeNull()
    chmodSync(join(place, 'etc'), 0o1777)
    expect(writer()).toBeNull()
  })

  test('is whoever its mode or its owner lets in', () => {
    chmodSync(file, 0o666)
    expect(writer()).toBe('everybody: /etc/stead.yaml')
    chmodSync(file, 0o664)
    expect(writer()).toBe('its group: /etc/stead.yaml')
    chmodSync(file, 0o600)
    chownSync(file, 65534, 0)
    expect(writer()).toBe('uid 65534: /etc/stead.yaml')
  })

  test('is whoever may exchange it in its directory, or that in the one above', () => {
    chmodSync(join(place, 'etc'), 0o777)
    expect(writer()).toBe('everybody: /etc')
    chmodSync(join(place, 'etc'), 0o755)
    chmodSync(place, 0o775)
    expect(writer()).toBe('its group: ')
    chmodSync(place, 0o755)
    chownSync(join(place, 'etc'), 65534, 0)
    expect(writer()).toBe('uid 65534: /etc')
  })

  test('is whoever may exchange a link on the way, or what it leads to', () => {
    mkdirSync(join(place, 'open'))
    chmodSync(join(place, 'open'), 0o1777)
    const link = join(place, 'open', 'stead.yaml')
    symlinkSync('../etc/stead.yaml', link)
    expect(writer(link)).toBeNull()
    chmodSync(file, 0o666)
    expect(writer(link)).toBe('everybody: /etc/stead.yaml')
    chmodSync(file, 0o644)
    chmodSync(join(place, 'open'), 0o777)
    expect(writer(link)).toBe('everybody: /open')
  })

  test('is whoever may make it where it is not there yet, or another that is meant', () => {
    expect(writer(join(place, 'etc', 'local.yaml'))).toBeNull()
    expect(writer(join(place, 'etc', 'conf.d', '*.yaml'))).toBeNull()
    chmodSync(join(place, 'etc'), 0o1777)
    expect(writer(join(place, 'etc', 'local.yaml'))).toBe('everybody: /etc')
    expect(writer(join(place, 'etc', '*.yaml'))).toBe('everybody: /etc')
  })
})
