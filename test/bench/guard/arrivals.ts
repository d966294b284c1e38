import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'

/** What a measured program said when it reached main(). */
export interface Arrival {
  readonly index: number
  /** As the program sees it: in a container another than ours. */
  readonly pid: number
  /** Milliseconds of CLOCK_MONOTONIC. */
  readonly at: number
}

/** Milliseconds of CLOCK_MONOTONIC, as the measured program reads it: clock_gettime(2). */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The FIFO that measured programs write to. Every wait ends with an event or with its deadline. */
export interface Arrivals {
  readonly path: string
  /** The last word of each program. */
  readonly latest: ReadonlyMap<number, Arrival>
  /** Resolves when each of `indices` has reached main() after `since`; with the last of them. */
  all(indices: Iterable<number>, since: number, what: string, limit?: number): Promise<number>
  /** Resolves when no program holds the FIFO any more; with the time. To be asked before the stop. */
  gone(what: string, limit?: number): Promise<number>
  close(): void
}

interface Wait {
  readonly pending: Set<number>
  readonly since: number
  last: number
  readonly settle: (last: number) => void
}

export function openArrivals(path: string): Arrivals {
  const made = spawnSync('mkfifo', ['-m', '666', path], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`mkfifo ${path}: ${made.stderr}`)
  const latest = new Map<number, Arrival>()
  const waits = new Set<Wait>()
  let rest = ''
  let closed = false
  let socket: Socket
  /** Our own writing end: while it is open there is no end of file. */
  let keeper: number | null
  let atEnd: ((at: number) => void) | null = null
  open()

  function open(): void {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    keeper = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    socket = new Socket({ fd: reader, readable: true, writable: false })
    socket.setEncoding('latin1').on('data', take)
    socket.on('end', () => {
      const at = monotonic()
      socket.destroy()
      if (closed) return
      open()
      atEnd?.(at)
    })
  }

  function take(text: string): void {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [index = Number.NaN, pid = Number.NaN, at = Number.NaN] = line.split(' ').map(Number)
      const arrival = { index, pid, at: at / 1e6 }
      latest.set(index, arrival)
      for (const wait of waits) arrive(wait, arrival)
    }
  }

  function arrive(wait: Wait, { index, at }: Arrival): void {
    if (at < wait.since || !wait.pending.delete(index)) return
    wait.last = Math.max(wait.last, at)
    if (wait.pending.size === 0) wait.settle(wait.last)
  }

  return {
    path,
    latest,
    all(indices, since, what, limit = 60_000) {
      return new Promise((resolve, reject) => {
        const pending = new Set(indices)
        const count = pending.size
        const timer = setTimeout(() => {
          waits.delete(wait)
          reject(new Error(`${what}: ${pending.size} of ${count} programs did not reach main()`))
        }, limit)
        const settle = (last: number): void => {
          clearTimeout(timer)
          waits.delete(wait)
          resolve(last)
        }
        const wait: Wait = { pending, since, last: 0, settle }
        waits.add(wait)
        for (const index of [...pending]) {
          const known = latest.get(index)
          if (known !== undefined) arrive(wait, known)
        }
      })
    },
    gone(what, limit = 120_000) {
      if (keeper !== null) closeSync(keeper)
      keeper = null
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${what}: programs are left`)), limit)
        atEnd = (at) => {
          clearTimeout(timer)
          atEnd = null
          resolve(at)
        }
      })
    },
    close() {
      closed = true
      if (keeper !== null) closeSync(keeper)
      socket.destroy()
    },
  }
}
