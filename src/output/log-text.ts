/** A line longer than this is cut, so that a file without line ends cannot fill the memory. */
const MAX_LINE = 1024 * 1024
const NEWLINE = 0x0a
const TIME = /^(?:\{"at":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/

/** Cuts bytes into lines; keeps the beginning of one that is not ended. */
export interface LineSplitter {
  push(bytes: Buffer): Generator<string>
  /** What was kept, as a line. */
  end(): Generator<string>
  forget(): void
}

export function lineSplitter(): LineSplitter {
  let rest = Buffer.alloc(0)
  return {
    *push(bytes) {
      let data = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      rest = Buffer.alloc(0)
      for (;;) {
        const found = data.indexOf(NEWLINE)
        const cut = found === -1 ? data.length > MAX_LINE : found > MAX_LINE
        if (found === -1 && !cut) break
        const end = cut ? MAX_LINE : found
        const line = textOf(data.subarray(0, end))
        data = data.subarray(cut ? end : end + 1)
        yield line
      }
      rest = Buffer.from(data)
    },
    *end() {
      const line = rest
      rest = Buffer.alloc(0)
      if (line.length > 0) yield textOf(line)
    },
    forget() {
      rest = Buffer.alloc(0)
    },
  }
}

/** Lines from `since` on; a line without a time belongs to the one before it. */
export function sinceFilter(
  since: Date | null,
  keep: (line: string) => boolean,
): (line: string) => boolean {
  if (since === null) return keep
  let passing = true
  return (line) => {
    const time = TIME.exec(line)?.[1]
    if (time !== undefined) passing = Date.parse(time) >= since.getTime()
    return passing && keep(line)
  }
}

function textOf(line: Buffer): string {
  const end = line.at(-1) === 0x0d ? line.length - 1 : line.length
  return line.toString('utf8', 0, end)
}
