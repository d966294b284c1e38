import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PACK_TARGETS } from '../../model/pack-spec.ts'
import { isAddonFor } from './addon-target.ts'

const headers = {
  'win-x64': () => {
    const bytes = Buffer.alloc(512)
    bytes.write('MZ')
    bytes.writeUInt32LE(0x80, 0x3c)
    bytes.write('PE\0\0', 0x80)
    bytes.writeUInt16LE(0x8664, 0x84)
    return bytes
  },
  'darwin-x64': () => machO(0x01000007),
  'darwin-arm64': () => machO(0x0100000c),
  'linux-x64': () => elf(62),
  'linux-arm64': () => elf(183),
}

function machO(type: number): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.writeUInt32LE(0xfeedfacf, 0)
  bytes.writeUInt32LE(type, 4)
  return bytes
}

function elf(machine: number): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('\x7fELF', 'latin1')
  bytes.writeUInt16LE(machine, 18)
  return bytes
}

test.each(PACK_TARGETS)('an addon for %s is one for it, and for no other', (target) => {
  const bytes = headers[target]()
  expect(PACK_TARGETS.filter((other) => isAddonFor(bytes, other))).toEqual([target])
})

test('the koffi of this machine is one for it', () => {
  const system = `${process.platform}-${process.arch}`
  const target = PACK_TARGETS.find((one) => one.replace('win-', 'win32-') === system)
  const folder = createRequire(import.meta.url).resolve(`@koromix/koffi-${system}/package.json`)
  const file = join(folder, '..', `${process.platform}_${process.arch}`, 'koffi.node')
  expect(target !== undefined && isAddonFor(readFileSync(file), target)).toBe(true)
})

test('a text is no addon', () => {
  expect(isAddonFor(Buffer.from('module.exports = 1'.repeat(10)), 'linux-x64')).toBe(false)
})
