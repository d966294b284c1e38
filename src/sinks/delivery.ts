/** What became of one attempt to tell something. */
export type Outcome =
  | { readonly kind: 'done' }
  /** The first `count` of it are told, the rest is to be tried again. */
  | { readonly kind: 'part'; readonly count: number; readonly why: string }
  /** To be tried again, not before `after` milliseconds where the other side says so. */
  | { readonly kind: 'later'; readonly why: string; readonly after: number | null }
  /** The other side will never take it. */
  | { readonly kind: 'refused'; readonly why: string }

/** Something that has to be told, piece by piece and in order. */
export interface DeliverySource<Batch> {
  /** Milliseconds until a piece is due; null while there is none. */
  due(now: number, flushing: boolean): number | null
  /** The next piece; the same again until it is settled or refused. */
  take(now: number): Batch
  settle(count: number | 'all'): void
  refuse(now: number, why: string): void
}

export interface BackOff {
  /** Milliseconds after the first failure; doubled for each that follows. */
  readonly first: number
  readonly most: number
  /** Share by which a delay varies either way. */
  readonly jitter: number
}

export const DELIVERY_BACK_OFF: BackOff = { first: 250, most: 30_000, jitter: 0.2 }

export type DeliveryAction<Batch> =
  | { readonly do: 'send'; readonly batch: Batch }
  | { readonly do: 'wait'; readonly for: number }
  | { readonly do: 'nothing' }

/** Tells one thing after the other, with a delay that grows while it fails. Has no clock of its own. */
export interface Delivery<Batch> {
  /** What is to be done now: asked after each change, and when the time it named is over. */
  next(now: number): DeliveryAction<Batch>
  ended(outcome: Outcome, now: number): void
  /** Waits for nothing any more: what is there is sent at once, also where it fails. */
  flush(): void
  readonly facts: DeliveryFacts
}

export interface DeliveryFacts {
  readonly state: 'idle' | 'up' | 'down'
  /** Attempts that failed in a row. */
  readonly failures: number
  readonly trouble: string | null
}

export function delivery<Batch>(
  source: DeliverySource<Batch>,
  random: () => number,
  backOff: BackOff = DELIVERY_BACK_OFF,
): Delivery<Batch> {
  const facts = {
    state: 'idle' as DeliveryFacts['state'],
    failures: 0,
    trouble: null as string | null,
  }
  let sending = false
  let flushing = false
  let notBefore = Number.NEGATIVE_INFINITY

  return {
    next(now) {
      if (sending) return { do: 'nothing' }
      const due = source.due(now, flushing)
      if (due === null) return { do: 'nothing' }
      const wait = Math.max(due, notBefore - now)
      if (wait > 0) return { do: 'wait', for: wait }
      sending = true
      return { do: 'send', batch: source.take(now) }
    },
    ended(outcome, now) {
      sending = false
      if (outcome.kind === 'done') {
        source.settle('all')
        notBefore = Number.NEGATIVE_INFINITY
        facts.failures = 0
        facts.state = 'up'
        facts.trouble = null
        return
      }
      if (outcome.kind === 'refused') source.refuse(now, outcome.why)
      if (outcome.kind === 'part') {
        source.settle(outcome.count)
        // It got further than before: it is not at its end.
        if (outcome.count > 0) facts.failures = 0
      }
      facts.state = 'down'
      facts.failures += 1
      facts.trouble = outcome.why
      const asked = outcome.kind === 'later' ? outcome.after : null
      notBefore = now + delayAfter(facts.failures, backOff, random, asked)
    },
    flush() {
      flushing = true
      notBefore = Number.NEGATIVE_INFINITY
    },
    facts,
  }
}

/** Milliseconds to wait after so many failures in a row; what the other side asks for within the cap. */
export function delayAfter(
  failures: number,
  { first, most, jitter }: BackOff,
  random: () => number,
  asked: number | null,
): number {
  const grown = Math.min(most, first * 2 ** Math.min(failures - 1, 30))
  const varied = grown * (1 + jitter * (2 * random() - 1))
  return Math.min(most, Math.max(varied, asked ?? 0))
}
