/** How often something may be asked: `burst` at once, and then `perSecond`. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  left: number
  at: number
}

/** Addresses that are remembered; beyond them those that have been quiet are forgotten first. */
const MOST_KNOWN = 10_000

/**
 * A bucket of tokens for each key. Nothing runs while nobody asks.
 *
 * @param now milliseconds on a clock that never jumps
 */
export function rateLimit({ burst, perSecond }: Rate, now: () => number) {
  const buckets = new Map<string, Bucket>()

  function bucketOf(key: string): Bucket {
    const at = now()
    const known = buckets.get(key)
    if (known === undefined) {
      if (buckets.size >= MOST_KNOWN) forget()
      const made = { left: burst, at }
      buckets.set(key, made)
      return made
    }
    known.left = Math.min(burst, known.left + ((at - known.at) / 1_000) * perSecond)
    known.at = at
    // The least recent stand first.
    buckets.delete(key)
    buckets.set(key, known)
    return known
  }

  function forget(): void {
    const [oldest] = buckets.keys()
    if (oldest !== undefined) buckets.delete(oldest)
  }

  return {
    /** True while there is one left; takes none. */
    has: (key: string): boolean => bucketOf(key).left >= 1,
    /** Takes one; false where there is none left. */
    take(key: string): boolean {
      const bucket = bucketOf(key)
      if (bucket.left < 1) return false
      bucket.left -= 1
      return true
    },
    /** Whole seconds until there is one again. */
    wait: (key: string): number => Math.ceil(Math.max(0, 1 - bucketOf(key).left) / perSecond),
  }
}
