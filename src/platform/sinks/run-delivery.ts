import type { Delivery, DeliveryAction, Outcome } from '../../sinks/delivery.ts'

/** Milliseconds until what could not be read is tried again. */
const LOOK_AGAIN = 1_000

export interface RunningDelivery {
  /** Something is there to be told. */
  kick(): void
  /**
   * Tells what is there without waiting for others or for the end of a delay. Resolves when all is
   * told, an attempt failed, or the time is over.
   */
  flush(within: number): Promise<void>
  close(): void
}

export interface DeliveryRun<Batch> {
  readonly delivery: Delivery<Batch>
  /** Never rejects for what the other side does. */
  readonly send: (batch: Batch, signal: AbortSignal) => Promise<Outcome>
  /** After each attempt. */
  readonly changed: () => void
}

/** Runs a delivery against the clock and somebody to be told. */
export function runDelivery<Batch>({
  delivery,
  send,
  changed,
}: DeliveryRun<Batch>): RunningDelivery {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let flushed: (() => void) | null = null
  let closed = false

  function kick(): void {
    if (closed) return
    clearTimeout(timer ?? undefined)
    timer = null
    let action: DeliveryAction<Batch>
    try {
      action = delivery.next(performance.now())
    } catch {
      // What is to be told cannot be read at present: a disk that fails ends nobody.
      timer = setTimeout(kick, LOOK_AGAIN)
      flushed?.()
      return
    }
    if (action.do === 'wait') {
      // Whoever flushes has waited enough.
      if (flushed !== null) flushed()
      else timer = setTimeout(kick, Math.ceil(action.for))
      return
    }
    if (action.do === 'send') void attempt(action.batch)
    else if (!busy) flushed?.()
  }

  let busy = false
  async function attempt(batch: Batch): Promise<void> {
    busy = true
    let outcome: Outcome
    try {
      outcome = await send(batch, stop.signal)
    } catch (error) {
      outcome = { kind: 'later', why: (error as Error).message, after: null }
    }
    busy = false
    if (closed) return
    delivery.ended(outcome, performance.now())
    changed()
    kick()
  }

  return {
    kick() {
      // While it sends or waits out a delay there is nothing to be decided.
      if (!busy && (timer === null || delivery.facts.state !== 'down')) kick()
    },
    async flush(within) {
      if (closed) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const late = setTimeout(resolve, within)
      flushed = resolve
      delivery.flush()
      if (!busy) kick()
      await promise
      clearTimeout(late)
      flushed = null
    },
    close() {
      closed = true
      clearTimeout(timer ?? undefined)
      stop.abort()
      flushed?.()
    },
  }
}
