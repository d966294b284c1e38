const NEWLINE = 0x0a

/** Bytes of one stream that wait in memory, oldest first. */
export interface DropQueue {
  readonly size: number
  push(bytes: Buffer): void
  /** Copies the oldest bytes to `target` without taking them. */
  peek(target: Buffer, most: number): number
  take(bytes: number): void
  /** Drops the oldest whole lines, at least so many bytes, where there are so many. */
  drop(atLeast: number): { readonly bytes: number; readonly lines: number }
}

export function dropQueue(): DropQueue {
  let chunks: Buffer[] = []
  let size = 0

  function take(bytes: number): void {
    let left = bytes
    let whole = 0
    while (left > 0) {
      const head = chunks[whole] as Buffer
      if (head.length > left) {
        chunks[whole] = head.subarray(left)
        break
      }
      left -= head.length
      whole += 1
    }
    chunks = chunks.slice(whole)
    size -= bytes
  }

  return {
    get size() {
      return size
    },
    push(bytes) {
      chunks.push(bytes)
      size += bytes.length
    },
    peek(target, most) {
      let at = 0
      for (const chunk of chunks) {
        if (at === most) break
        at += chunk.copy(target, at, 0, Math.min(chunk.length, most - at))
      }
      return at
    },
    take,
    drop(atLeast) {
      let bytes = 0
      let lines = 0
      search: for (const chunk of chunks) {
        for (let from = 0; ; lines += 1) {
          const found = chunk.indexOf(NEWLINE, from)
          if (found === -1) break
          from = found + 1
          if (bytes + from >= atLeast) {
            bytes += from
            lines += 1
            break search
          }
        }
        bytes += chunk.length
      }
      take(bytes)
      return { bytes, lines }
    },
  }
}
