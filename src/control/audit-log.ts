import type { Audit, AuditEntry } from '../model/ports/audit.ts'
import type { AuditFiles, WhoIs } from '../model/ports/audit-files.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Caller } from '../model/ports/guard-api.ts'
import { type AuditHead, auditLine, entryIn, headIn, headText, NOTHING } from './audit-chain.ts'

export interface AuditLogParts {
  readonly files: AuditFiles
  readonly clock: Pick<Clock, 'wall' | 'monotonic'>
  readonly who: WhoIs
  /** The guard itself, for entries about the log. */
  readonly self: Caller
}

export interface AuditLog extends Audit {
  /** As it is in memory, which nobody else can change. */
  readonly head: AuditHead
  close(): void
}

/** Bytes of a file before the next begins. */
const FULL = 2 * 1024 * 1024
/** More than the longest entry. */
const LONGEST = 128 * 1024
/** Refusals of one caller that are noted in such a time; more are counted, or they would push out the rest. */
const REFUSALS = { most: 20, window: 60_000 }
const MOST_CALLERS = 1_000

/**
 * The audit log of a guard: each entry holds the hash of the one before, over all files. It goes on
 * where an earlier guard ended; what a crash left of a last line is cut off, and that is an entry too.
 */
export function auditLog(parts: AuditLogParts): AuditLog {
  const { files, clock, who, self } = parts
  const found = lastOf(files)
  let { head } = found
  let missed = 0
  let refusals = new Map<string, { since: number; count: number; untold: number }>()

  function write(entry: AuditEntry): void {
    const { caller, ...rest } = entry
    const { uid, pid, sid, identity, address } = caller
    const line = auditLine({
      number: head.number + 1,
      at: clock.wall().toISOString(),
      uid,
      user: uid === null ? (caller.user ?? null) : who.userName(uid),
      ...(sid === undefined ? {} : { sid }),
      pid,
      command: pid === null ? null : who.commandOf(pid),
      ...(identity === undefined ? {} : { identity }),
      ...(address === undefined ? {} : { address }),
      ...rest,
      previous: head.hash,
    })
    files.append(`${line.text}\n`)
    head = { ...head, number: head.number + 1, hash: line.hash }
    files.mark(headText(head))
  }

  function about(action: string, detail: AuditEntry['detail']): void {
    write({ caller: self, action, targets: [], result: 'done', ...(detail ? { detail } : {}) })
  }

  /** The oldest file goes with it; which entry is the first then stands beside the log. */
  function rotateWhenFull(): void {
    if (files.size() < FULL) return
    files.rotate()
    head = { ...head, first: firstOf(files) ?? head.first }
    files.mark(headText(head))
  }

  function append(entry: AuditEntry): number {
    try {
      rotateWhenFull()
      if (missed > 0) {
        about('missed', { entries: missed })
        missed = 0
      }
      write(entry)
      return head.number
    } catch {
      missed += 1
      return 0
    }
  }

  /** How many refusals of this caller have not been told; null for one that is to be counted only. */
  function untoldRefusals({ uid, sid, identity }: Caller): number | null {
    const key = identity ?? sid ?? String(uid)
    const now = clock.monotonic()
    if (refusals.size > MOST_CALLERS) refusals = new Map()
    const known = refusals.get(key)
    if (known === undefined || now - known.since > REFUSALS.window) {
      refusals.set(key, { since: now, count: 1, untold: 0 })
      return known?.untold ?? 0
    }
    known.count += 1
    if (known.count <= REFUSALS.most) return 0
    known.untold += 1
    return null
  }

  if (found.torn > 0) {
    files.cut(files.size() - found.torn)
    append({
      caller: self,
      action: 'mend',
      targets: [],
      detail: { bytes: found.torn },
      result: 'done',
    })
  }

  return {
    get head() {
      return head
    },
    append(entry) {
      if (entry.result !== 'refused') return append(entry)
      const untold = untoldRefusals(entry.caller)
      if (untold === null) return 0
      const detail = { ...entry.detail, ...(untold === 0 ? {} : { before: untold }) }
      return append({ ...entry, ...(Object.keys(detail).length === 0 ? {} : { detail }) })
    },
    close: () => files.close(),
  }
}

/** Where the chain stands, and how many bytes at its end are no whole line. */
function lastOf(files: AuditFiles): { head: AuditHead; torn: number } {
  const marked = headIn(files.marked())
  const { text, present } = files.tail(LONGEST)
  const end = text.lastIndexOf('\n') + 1
  const torn = present ? Buffer.byteLength(text.slice(end)) : 0
  const lines = text.slice(0, end).split('\n').reverse()
  let last: { number: number; hash: string } | null = null
  for (const line of lines) last ??= entryIn(line)
  // What was taken away from the end stays missed: numbers go on from what was kept beside the log.
  const base = last === null || (marked !== null && marked.number > last.number) ? marked : last
  const head = {
    number: base?.number ?? 0,
    hash: base?.hash ?? NOTHING,
    first: marked?.first ?? firstOf(files) ?? 1,
  }
  return { head, torn }
}

function firstOf(files: AuditFiles): number | null {
  const number = /^\{"number":(\d{1,16}),/.exec(files.begin())?.[1]
  return number === undefined ? null : Number(number)
}
