const PAUSE_MS = 20

/** A condition that comes to be is waited for no longer for this; on a machine with much to do it comes late. */
const PATIENCE_MS = 45_000

/**
 * Waits for a condition by asking again and again, and fails with its name when the deadline is
 * over: no test sleeps for a fixed time.
 *
 * @returns the first value of `probe` that is neither null, undefined nor false
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  deadline = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + deadline
  for (;;) {
    const value = await probe()
    if (value !== null && value !== undefined && value !== false) return value
    if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
