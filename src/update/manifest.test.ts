import { describe, expect, test } from 'vitest'
import { parseManifest } from './manifest.ts'

const GOOD = {
  format: 1,
  name: 'hello',
  version: '1.1.0',
  targets: {
    'linux-x64': {
      archive: 'hello_1.1.0_linux_x64.tar.gz',
      size: 10,
      sha256: 'a'.repeat(64),
      unpacked: 20,
      executable: 'hello',
      config: ['config.yaml'],
    },
  },
}

function problemOf(value: unknown): string {
  const read = parseManifest(typeof value === 'string' ? value : JSON.stringify(value))
  return 'problem' in read ? read.problem : 'none'
}

function changed(changes: Readonly<Record<string, unknown>>): unknown {
  const target = { ...GOOD.targets['linux-x64'], ...changes }
  return { ...GOOD, targets: { 'linux-x64': target } }
}

describe('the manifest of an update', () => {
  test('is read with all that it says', () => {
    expect(parseManifest(JSON.stringify(GOOD))).toEqual(GOOD)
  })

  test.each([
    ['{', 'its manifest is not JSON'],
    [{ ...GOOD, format: 2 }, 'format in its manifest'],
    [{ ...GOOD, version: '1.1' }, 'must be a semantic version'],
    [{ ...GOOD, version: '01.1.0' }, 'must be a semantic version'],
    [{ ...GOOD, version: '1.1.0-rc_1' }, 'must be a semantic version'],
    [{ ...GOOD, name: '../x' }, 'name in its manifest'],
    [{ ...GOOD, more: 1 }, 'more'],
    [{ ...GOOD, targets: { 'beos-x64': GOOD.targets['linux-x64'] } }, 'targets'],
    [changed({ archive: '../x.tar.gz' }), 'must be the name of a file'],
    [changed({ archive: 'https://elsewhere/x.tar.gz' }), 'must be the name of a file'],
    [changed({ archive: '.x' }), 'must be the name of a file'],
    [changed({ size: -1 }), 'targets.linux-x64.size'],
    [changed({ size: 3 * 1024 ** 3 }), 'targets.linux-x64.size'],
    [changed({ sha256: 'A'.repeat(64) }), 'targets.linux-x64.sha256'],
    [changed({ executable: '../hello' }), 'must be a relative path'],
    [changed({ config: ['/etc/passwd'] }), 'must be a relative path'],
  ])('is refused where it says %j', (value, problem) => {
    expect(problemOf(value)).toContain(problem)
  })
})
