import type { Severity } from '../model/log-entry.ts'
import { scanLine, scannedLine } from '../output/line-scan.ts'
import { mayHaveTraceId, traceIdOf } from '../output/trace-id.ts'
import type { LineRecord, RecordSource } from './line-record.ts'

/** Of a line that is searched for a trace id. */
const SEARCHED = 8 * 1024

/** Bytes of one stream as the log's encoder took them: whole lines, or up to where it stopped. */
export interface TakenBytes {
  readonly stream: LineRecord['stream']
  readonly incarnation: number
  /** Lines told before these in this incarnation; -1 where the encoder of the log does not count. */
  readonly sequence: number
  readonly at: number
  /** They begin within a line. */
  readonly continues: boolean
  readonly bytes: Buffer
}

/** Makes records of the bytes of one instance. */
export interface LineSplitter {
  split(taken: TakenBytes, severity: Severity, pid: number | null): LineRecord[]
  /** Lines that never come here have numbers too. */
  skip(lines: number): void
}

/** Lines are cut and numbered as format `json` does it, so that a line has one number everywhere. */
export function lineSplitter(source: RecordSource): LineSplitter {
  const found = scannedLine()
  let incarnation = 0
  let sequence = 0

  return {
    split(taken, severity, pid) {
      const { stream, at, bytes } = taken
      if (taken.incarnation !== incarnation) {
        incarnation = taken.incarnation
        sequence = 0
      }
      if (taken.sequence >= 0) sequence = taken.sequence
      const traced = mayHaveTraceId(bytes, 0, bytes.length)
      const records: LineRecord[] = []
      let open = taken.continues
      for (let from = 0; from < bytes.length; from = found.next) {
        if (!scanLine(bytes, from, bytes.length, 'end', found)) break
        const { begin, end, partial } = found
        sequence += 1
        const continues = open
        open = partial
        // The line break alone, behind a beginning that was told already.
        if (continues && begin === end && !partial) continue
        records.push({
          source,
          stream,
          incarnation,
          pid,
          sequence,
          at,
          severity: found.severity === -1 ? severity : (found.severity as Severity),
          text: bytes.subarray(begin, end),
          partial,
          continues,
          traceId: traced
            ? traceIdOf(bytes.toString('utf8', begin, Math.min(end, begin + SEARCHED)))
            : null,
          lost: null,
        })
      }
      return records
    },
    skip(lines) {
      sequence += lines
    },
  }
}
