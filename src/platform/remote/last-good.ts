import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RemoteText } from '../../model/ports/remote-source.ts'
import { nodeFileSystem, replacePrivate } from '../file-system.ts'
import { readPrivateFile } from '../private-file.ts'

/** What a source has said last that was taken, and when it was read. */
export interface LastGood {
  /** The name of the source: what another has said is of no use. */
  readonly source: string
  readonly at: string
  /** Null where it had nothing. */
  readonly said: RemoteText | null
}

const HEAD = 'stead-remote-v1'
/** A document as JSON writes it at worst, and what is around it. */
const LONGEST = 8 * 1024 * 1024

/** Keeps a copy that its owner alone may read. @throws the system's errors */
export async function keepLastGood(path: string, copy: LastGood): Promise<void> {
  await nodeFileSystem().makeDirectory(dirname(path), 0o700)
  const body = JSON.stringify(copy)
  await replacePrivate(path, `${HEAD} ${digestOf(body)}\n${body}\n`)
}

/**
 * The copy of a source; null where there is none of it.
 *
 * @returns in words why one that is there is not used: it is damaged, or others could have written it
 */
export function readLastGood(
  path: string,
  source: string,
): LastGood | { readonly problem: string } | null {
  if (!existsSync(path)) return null
  let text: string
  try {
    text = readPrivateFile(path, LONGEST)
  } catch (error) {
    return { problem: (error as Error).message }
  }
  const [, digest, body = ''] = /^stead-remote-v1 ([0-9a-f]{64})\n(.*)\n$/s.exec(text) ?? []
  if (digest === undefined || digest !== digestOf(body))
    return { problem: `${path} is damaged, and is not used` }
  const copy = JSON.parse(body) as LastGood
  return copy.source === source ? copy : null
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
