import { setTimeout as sleep } from 'node:timers/promises'

/** What Windows says of a file that somebody has open (sharing violation, access denied), as libuv has it. */
const HELD: ReadonlySet<string> = new Set(['EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY'])
/** Milliseconds between two tries, and for all of them. */
const PAUSE = 50
const PATIENCE = 5_000

/**
 * Does something with files on Windows once nobody has them open any more, or fails as it did last.
 * Elsewhere an open file is in nobody's way, and it is done at once.
 *
 * @param platform of this machine, where no test says otherwise
 */
export async function patiently<T>(
  action: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      return await action()
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (platform !== 'win32' || !HELD.has(code) || performance.now() > end) throw error
    }
    await sleep(PAUSE)
  }
}
