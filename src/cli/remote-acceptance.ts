/** What remote sources have said that was signed and taken, so that an older one is known when it comes. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import type { Accepted } from '../model/accepted.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import type { RemoteTrust } from './remote-signature.ts'

export interface RemoteAcceptance {
  /** By what sources are believed now. @throws FILE_UNREADABLE */
  trust(): RemoteTrust
  /** It is taken, which counts from now on, however long the disk takes. */
  take(source: string, accepted: Accepted): void
  /** Writes what was taken. @throws the system's errors */
  keep(): Promise<void>
}

/** @param keys the file of the public keys @param path where it is kept; it need not be there yet */
export function remoteAcceptance(keys: string, path: string): RemoteAcceptance {
  let known: Map<string, Accepted> | null = null
  const all = (): Map<string, Accepted> => {
    known ??= acceptedAt(path)
    return known
  }
  return {
    trust: () => ({ keys, before: Object.fromEntries(all()) }),
    take: (source, accepted) => void all().set(source, accepted),
    async keep() {
      const files = nodeFileSystem()
      await files.makeDirectory(dirname(path), 0o700)
      const text = `${JSON.stringify(Object.fromEntries(all()))}\n`
      await files.writeAtomic(path, text, 0o600)
    },
  }
}

function acceptedAt(path: string): Map<string, Accepted> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new SteadError('FILE_UNREADABLE', { path, reason: (error as Error).message })
  }
  const found = checked(text)
  if (found !== null) return found
  // Without it an older version could come again unnoticed.
  throw new SteadError('FILE_UNREADABLE', { path, reason: 'it is not what stead has written' })
}

function checked(text: string): Map<string, Accepted> | null {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, Accepted>)
    const isGood = ([, { sequence, digest }]: [string, Accepted]): boolean =>
      Number.isSafeInteger(sequence) && typeof digest === 'string'
    return entries.every(isGood) ? new Map(entries) : null
  } catch {
    return null
  }
}
