import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { addonDirectories, makePrivate } from './addon-directories.ts'
import { packed } from './facts.ts'

/** O_TMPFILE of open(2): a bit of its own and O_DIRECTORY, which is not the same on all processors. */
const O_TMPFILE = 0o20000000 | (constants.O_DIRECTORY ?? 0)

/** Where a file without a name may lie: nobody can come upon it by one. */
const NAMELESS = ['/var/tmp', '/tmp', '/dev/shm']

/**
 * Loads a native addon out of this executable. Its bytes are checked against the hash that is part of
 * the code, here and in the file that is loaded; the file lies where only its owner can write.
 *
 * @throws PACKED_DAMAGED where the bytes inside the executable are not what was packed
 * @throws PACKED_NO_PLACE where there is no directory for it
 */
export function loadAddon(asset: string): unknown {
  const facts = packed()
  const expected = facts?.addons[asset]
  if (facts === null || expected === undefined)
    throw new SteadError('PACKED_DAMAGED', { asset, executable: process.execPath })
  const bytes = Buffer.from(process.getBuiltinModule('node:sea').getRawAsset(asset))
  if (hash(bytes) !== expected)
    throw new SteadError('PACKED_DAMAGED', { asset, executable: process.execPath })
  const module = { exports: {} }
  const tried: string[] = []
  for (const directory of addonDirectories(facts.name)) {
    const unfit = makePrivate(directory)
    if (unfit === null && place(directory, expected, bytes, module)) return module.exports
    tried.push(`${directory}: ${unfit ?? 'it cannot be written to'}`)
  }
  if (process.platform === 'linux' && loadNameless(bytes, module)) return module.exports
  throw new SteadError('PACKED_NO_PLACE', { asset, tried })
}

interface AddonModule {
  exports: unknown
}

/** False where it cannot be put there. */
function place(directory: string, name: string, bytes: Buffer, module: AddonModule): boolean {
  const path = join(directory, `${name}.node`)
  if (!isThere(path, name) && !write(path, bytes)) return false
  process.dlopen(module, path)
  return true
}

function isThere(path: string, expected: string): boolean {
  try {
    return hash(readFileSync(path)) === expected
  } catch {
    return false
  }
}

/** Under its name at once or not at all: another process may be at it at the same time. */
function write(path: string, bytes: Buffer): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(temporary, bytes, { mode: 0o500, flag: 'wx' })
    renameSync(temporary, path)
    return true
  } catch {
    rmSync(temporary, { force: true })
    // On Windows a file that another process has loaded cannot be replaced, and need not be.
    return isThere(path, hash(bytes))
  }
}

/** open(2), O_TMPFILE: a file that has no name is reached by its descriptor alone, proc(5). */
function loadNameless(bytes: Buffer, module: AddonModule): boolean {
  const flags = O_TMPFILE | constants.O_RDWR
  for (const directory of NAMELESS) {
    let fd: number
    try {
      fd = openSync(directory, flags, 0o600)
    } catch {
      continue
    }
    try {
      writeFileSync(fd, bytes)
      fchmodSync(fd, 0o500)
      fsyncSync(fd)
      process.dlopen(module, `/proc/self/fd/${fd}`)
      return true
    } catch {
      // A file system without execution: the next one may have it.
    } finally {
      closeSync(fd)
    }
  }
  return false
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
