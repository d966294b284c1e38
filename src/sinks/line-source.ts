import type { DeliverySource } from './delivery.ts'
import type { LineQueue, QueueBounds } from './line-queue.ts'
import type { LineRecord } from './line-record.ts'

export interface Batching {
  readonly most: QueueBounds
  /** Milliseconds that a line may wait for others, so that they are one request. */
  readonly linger: number
}

/**
 * A queue of lines as something to be told in batches.
 *
 * @param wall milliseconds since 1970, for what people read
 */
export function lineSource(
  queue: LineQueue,
  { most, linger }: Batching,
  wall: () => number,
): DeliverySource<readonly LineRecord[]> {
  /** Since when something waits. */
  let since: number | null = null
  return {
    due(now, flushing) {
      if (queue.isEmpty()) {
        since = null
        return null
      }
      since ??= now
      const { lines, bytes } = queue.waiting()
      if (flushing || lines >= most.lines || bytes >= most.bytes) return 0
      return Math.max(0, since + linger - now)
    },
    take: () => queue.take(most, wall()),
    settle(count) {
      since = null
      queue.settle(count === 'all' ? Number.POSITIVE_INFINITY : count)
    },
    refuse() {
      since = null
      queue.refuse(wall())
    },
  }
}
