/** Bytes that were given to sinks, and that sinks have not looked at, may be so many of one program… */
const MOST_OF_ONE = 512 * 1024
/** …and so many of all. */
const MOST_OF_ALL = 4 * 1024 * 1024

/** Slots of a channel's memory: bytes on the way, and lines and bytes that found no room. */
const ON_THE_WAY = 0
const LOST_LINES = 1
const LOST_BYTES = 2
export const CHANNEL_SLOTS = 3

/**
 * The account of bytes between the one who moves output to logs and the one who tells sinks of it:
 * threads share it, and neither waits for the other.
 */
export interface BytesInFlight {
  /** Whether so many more may be sent; they are counted then. */
  enter(bytes: number): boolean
  leave(bytes: number): void
  isEmpty(): boolean
  lose(lines: number, bytes: number): void
  /** What was lost since it was asked last. */
  takeLost(): { readonly lines: number; readonly bytes: number }
}

/** @param shared one number, and {@link CHANNEL_SLOTS} of the channel, in memory that threads share */
export function bytesInFlight(all: Int32Array, channel: Int32Array): BytesInFlight {
  return {
    enter(bytes) {
      const own = Atomics.add(channel, ON_THE_WAY, bytes)
      const total = Atomics.add(all, 0, bytes)
      // A chunk of any size is let through where nothing is under way.
      const full = own + bytes > MOST_OF_ONE && own > 0
      if (!full && total + bytes <= MOST_OF_ALL) return true
      Atomics.sub(channel, ON_THE_WAY, bytes)
      Atomics.sub(all, 0, bytes)
      return false
    },
    leave(bytes) {
      Atomics.sub(channel, ON_THE_WAY, bytes)
      Atomics.sub(all, 0, bytes)
    },
    isEmpty: () => Atomics.load(channel, ON_THE_WAY) === 0,
    lose(lines, bytes) {
      Atomics.add(channel, LOST_LINES, lines)
      Atomics.add(channel, LOST_BYTES, bytes)
    },
    takeLost: () => ({
      lines: Atomics.exchange(channel, LOST_LINES, 0),
      bytes: Atomics.exchange(channel, LOST_BYTES, 0),
    }),
  }
}
