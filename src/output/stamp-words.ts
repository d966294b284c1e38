/** Characters of `2026-11-21T05:10:00.123Z <6> `. */
export const STAMP_LENGTH = 29
const SEVERITY_WORD = 6

/** A stamp as words of four bytes, to be written so; the severity is put in with {@link severityWord}. */
export interface StampWords {
  /** Eight words for `now`; made anew only when the millisecond is another. */
  at(now: number): Int32Array
}

export function stampWords(): StampWords {
  const words = new Int32Array(8)
  const text = new Uint8Array(32)
  let made = Number.NaN
  return {
    at(now) {
      if (now === made) return words
      made = now
      const stamp = `${new Date(now).toISOString()} <6> `
      for (let index = 0; index < STAMP_LENGTH; index += 1) text[index] = stamp.charCodeAt(index)
      const source = new DataView(text.buffer)
      for (let word = 0; word < 8; word += 1) words[word] = source.getInt32(word * 4, true)
      return words
    },
  }
}

/** ` <N>` as the word of a stamp that tells the severity. */
export function severityWord(severity: number): number {
  return 0x3e003c20 | ((0x30 + severity) << 16)
}

/** Writes a stamp at `at`; three bytes behind it are overwritten too. */
export function writeStamp(to: DataView, at: number, words: Int32Array, severity: number): void {
  for (let word = 0; word < 8; word += 1) to.setInt32(at + word * 4, words[word] as number, true)
  to.setInt32(at + SEVERITY_WORD * 4, severity, true)
}
