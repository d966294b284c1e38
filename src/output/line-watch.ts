const NEWLINE = 0x0a
/** Of a line that is matched. */
const LONGEST = 8 * 1024

/** Looks at lines for those who wait for one. */
export interface LineWatch {
  readonly size: number
  add(key: number, pattern: RegExp): void
  remove(key: number): void
  /** Whole lines; each pattern that fits is told, and forgotten. */
  look(bytes: Buffer, from: number, to: number): void
}

export function lineWatch(found: (key: number, line: string) => void): LineWatch {
  const patterns = new Map<number, RegExp>()
  return {
    get size() {
      return patterns.size
    },
    add: (key, pattern) => void patterns.set(key, pattern),
    remove: (key) => void patterns.delete(key),
    look(bytes, from, to) {
      for (let at = from; at < to && patterns.size > 0; ) {
        const newline = bytes.indexOf(NEWLINE, at)
        const end = newline === -1 || newline > to ? to : newline
        const line = bytes
          .toString('utf8', at, Math.min(end, at + LONGEST))
          .replace(/^<[0-7]>/, '')
          .replace(/\r$/, '')
        for (const [key, pattern] of patterns) {
          pattern.lastIndex = 0
          if (!pattern.test(line)) continue
          patterns.delete(key)
          found(key, line)
        }
        at = end + 1
      }
    },
  }
}
