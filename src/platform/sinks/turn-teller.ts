/** Milliseconds between two times that it is told that something is down or back. */
const TURNS_APART = 3_000

type State = 'idle' | 'up' | 'down'

/**
 * Tells when something goes down and when it is back: at once, but where it turns again and again not
 * more often than people can read.
 */
export function turnTeller(stateOf: () => State, tell: () => void) {
  let told: State = 'up'
  let toldAt = Number.NEGATIVE_INFINITY
  let later: NodeJS.Timeout | null = null

  function look(): void {
    const state = stateOf()
    if (state === told || state === 'idle' || later !== null) return
    const wait = toldAt + TURNS_APART - performance.now()
    if (wait > 0) {
      later = setTimeout(() => {
        later = null
        look()
      }, wait).unref()
      return
    }
    told = state
    toldAt = performance.now()
    tell()
  }

  return { look, close: () => clearTimeout(later ?? undefined) }
}
