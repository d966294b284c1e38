import { setFlagsFromString } from 'node:v8'

/** Releases of Node for which these flags of V8 were tried; others keep V8's own ways. */
const TRIED = [22, 24]
/** Garbage of a burst is collected so long after its beginning, in milliseconds. */
const AFTER_A_BURST = 2_000
/** No more than one thorough collection in so long: it stops everything for some 20 ms. */
const AT_MOST_EVERY = 15_000

export interface SmallHeap {
  /** Something was done that leaves garbage behind. */
  used(): void
  close(): void
}

/**
 * Keeps V8 from letting the space for new objects grow to 32 MiB under a short load, as it never
 * takes that back. To be called before much is loaded; holds also for threads that begin later.
 */
export function boundNewSpace(): void {
  if (isTried()) setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * Collects what a burst of work left behind: a process that then sleeps for hours would keep its
 * garbage, and the code that it needed once, until it happens to work again.
 */
export function smallHeap(afterBurst = AFTER_A_BURST, atMostEvery = AT_MOST_EVERY): SmallHeap {
  if (!isTried()) return { used() {}, close() {} }
  let timer: NodeJS.Timeout | null = null
  let collected = Number.NEGATIVE_INFINITY

  function tidy(): void {
    timer = null
    collectAll()
    collected = performance.now()
  }

  return {
    used() {
      if (timer !== null) return
      const rests = collected + atMostEvery - performance.now()
      timer = setTimeout(tidy, Math.max(afterBurst, rests)).unref()
    },
    close() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function isTried(): boolean {
  return TRIED.includes(Number(process.versions.node.split('.')[0]))
}

let collect: ((options: object) => void) | null = null

/** Leaves the heap of this thread as small as it can be; takes some 20 ms. */
export function collectAll(): void {
  if (!isTried()) return
  collect ??= collector()
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** V8 gives its collector to contexts that are made while the flag is set, and to no other. */
function collector(): (options: object) => void {
  // Most processes that may need it end before they do.
  const { runInNewContext } = process.getBuiltinModule('node:vm')
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as (options: object) => void
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
