/** W3C Trace Context, section 3.2: version 00, trace id, parent id, flags. */
const TRACEPARENT = /(?:^|[^0-9a-f])00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9a-f])/
const FIELD = /"(?:trace_id|traceId|traceid|trace\.id)"\s*:\s*"([^"\\]{1,128})"/
const NONE = /^0+$/

/** Whether a line of these bytes can have a trace id at all: cheap, for whole chunks. */
export function mayHaveTraceId(bytes: Buffer, from: number, to: number): boolean {
  for (const clue of ['00-', 'trace']) {
    const found = bytes.indexOf(clue, from)
    if (found !== -1 && found < to) return true
  }
  return false
}

/** The trace id of a line: of its JSON, or of a traceparent in it; null where there is none. */
export function traceIdOf(line: string): string | null {
  const field = line.trimStart().startsWith('{') ? FIELD.exec(line) : null
  const id = (field ?? TRACEPARENT.exec(line))?.[1] ?? null
  return id === null || NONE.test(id) ? null : id
}
