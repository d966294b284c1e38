import type { RemoteText } from '../../model/ports/remote-source.ts'
import type { RemoteParts } from './remote-parts.ts'

/** Pauses before a pair is asked for again, in milliseconds. */
const PAUSES = [100, 200, 400, 800, 1_500]
/** Bytes of a signature of one document: a few lines. */
export const MAX_SIGNATURE = 64 * 1024

/**
 * A document with its signature, read by `read`. Whoever puts them there does so one after the other: a
 * pair that does not fit is asked for again, and only one that stays so is given as it is.
 *
 * @param known what did not fit before is not waited for again
 * @param longest milliseconds to wait, at most
 */
export async function fittingPair(
  read: (tries: number) => Promise<RemoteText | null>,
  { clock, fits }: RemoteParts,
  { known, longest, signal }: Waiting,
): Promise<RemoteText | null> {
  let said = await read(0)
  let left = longest
  for (const [index, pause] of PAUSES.entries()) {
    left -= pause
    if (left < 0 || isWhole(said, fits) || isSame(said, known)) return said
    await clock.sleep(pause, signal)
    said = await read(index + 1)
  }
  return said
}

export interface Waiting {
  readonly known: RemoteText | null
  readonly longest: number
  readonly signal: AbortSignal
}

function isWhole(said: RemoteText | null, fits: RemoteParts['fits']): boolean {
  if (said === null || fits === undefined) return true
  return typeof said.signature === 'string' && fits(said.text, said.signature)
}

function isSame(said: RemoteText | null, known: RemoteText | null): boolean {
  return said?.text === known?.text && said?.signature === known?.signature
}
