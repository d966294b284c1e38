import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import { httpGet, isSafe, TooLong } from './http-get.ts'

/** Bytes of a manifest or its signature. */
const LARGEST_TEXT = 1024 * 1024

/** Where a published version lies: a directory of a server, or of this machine. */
export interface UpdateSource {
  /** For messages: the address without a password or a query. */
  readonly name: string
  /** Name of the manifest in it. */
  readonly file: string
  /** A small text in it; null where there is none. @throws UPDATE_UNREADABLE, UPDATE_REFUSED when too long */
  text(file: string): Promise<string | null>
  /**
   * An archive in it, whose size and hash are known from what was signed.
   *
   * @param progress bytes so far
   * @throws UPDATE_UNREADABLE, UPDATE_REFUSED
   */
  archive(
    file: string,
    expected: { readonly size: number; readonly sha256: string },
    progress: (bytes: number) => void,
  ): Promise<Buffer>
}

/**
 * @param from a URL of https (of http on this machine only) or a path, of the manifest
 * @throws UPDATE_REFUSED for another kind of address
 */
export function updateSource(from: string): UpdateSource {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from) ? serverSource(from) : directorySource(resolve(from))
}

type Read = (
  file: string,
  most: number,
  progress: (bytes: number) => void,
) => Promise<Buffer | null>

function sourceBy(name: string, file: string, read: Read): UpdateSource {
  const unreadable = (what: string, cause: unknown): SteadError => {
    const { cause: deeper, message } = cause as Error
    const reason = deeper instanceof Error ? deeper.message : message
    return new SteadError('UPDATE_UNREADABLE', { source: what, reason }, { cause })
  }
  const load: Read = async (wanted, most, progress) => {
    try {
      return await read(wanted, most, progress)
    } catch (error) {
      if (error instanceof TooLong) {
        const reason = `${wanted} has more than ${most} bytes`
        throw new SteadError('UPDATE_REFUSED', { source: name, reason })
      }
      throw unreadable(wanted === file ? name : `${name} (${wanted})`, error)
    }
  }
  return {
    name,
    file,
    async text(wanted) {
      return (await load(wanted, LARGEST_TEXT, () => {}))?.toString('utf8') ?? null
    },
    async archive(wanted, { size, sha256 }, progress) {
      const bytes = await load(wanted, size, progress)
      if (bytes === null) throw unreadable(name, new Error(`there is no ${wanted} beside it`))
      if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256) {
        const reason = `${wanted} is not the archive that was signed: its size or hash differs`
        throw new SteadError('UPDATE_REFUSED', { source: name, reason })
      }
      return bytes
    },
  }
}

function directorySource(path: string): UpdateSource {
  return sourceBy(path, basename(path), async (file, most, progress) => {
    const wanted = join(dirname(path), file)
    const facts = await stat(wanted).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (facts === null) return null
    if (!facts.isFile()) throw new Error(`${wanted} is no file`)
    if (facts.size > most) throw new TooLong()
    const bytes = await readFile(wanted)
    progress(bytes.length)
    return bytes
  })
}

function serverSource(from: string): UpdateSource {
  const url = URL.canParse(from) ? new URL(from) : null
  const refused = (reason: string): SteadError =>
    new SteadError('UPDATE_REFUSED', { source: url === null ? from : shown(url), reason })
  if (url === null) throw refused('it is no address')
  if (url.username !== '' || url.password !== '')
    throw refused('a name and a password do not belong into an address')
  if (!isSafe(url)) throw refused('updates come by https, or from this machine')
  return sourceBy(shown(url), basename(url.pathname), (file, most, progress) => {
    const wanted = new URL(url)
    wanted.pathname = `${dirname(url.pathname).replace(/\/$/, '')}/${file}`
    return httpGet(wanted, most, progress)
  })
}

function shown({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}
