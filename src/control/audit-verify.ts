import type { AuditReader } from '../model/ports/audit-files.ts'
import { type AuditHead, type AuditLine, entryIn, headIn, NOTHING } from './audit-chain.ts'

/** What is wrong, and where: `audit.jsonl.1`, line 17. */
export interface AuditProblem {
  readonly file: string
  readonly line: number
  readonly problem: string
}

export interface AuditReport {
  readonly files: number
  readonly entries: number
  /** Numbers of the first and the last entry; 0 for none. */
  readonly from: number
  readonly to: number
  readonly problems: readonly AuditProblem[]
  /** A last line that was being written when its guard was killed: no harm. */
  readonly torn: { readonly file: string; readonly line: number } | null
}

/** More problems than these are counted, and not told. */
const MOST_TOLD = 100

/**
 * Goes through an audit log from its first entry to its last: every hash, every number, and both ends
 * against what is kept beside it.
 *
 * @param head of a guard that runs, which nobody else can change; null for the one kept in a file
 */
export async function verifyAudit(
  reader: AuditReader,
  head: AuditHead | null,
): Promise<AuditReport> {
  // Read first: what is appended meanwhile is beyond it, and no contradiction to it.
  const kept = head ?? headIn(reader.marked())
  const problems: AuditProblem[] = []
  const names = reader.names()
  let last: AuditLine | null = null
  let from = 0
  let entries = 0
  let torn: AuditReport['torn'] = null
  let at: [string, number] = [names.at(-1) ?? '', 0]
  const tell = (problem: string): void => {
    if (problems.length < MOST_TOLD) problems.push({ file: at[0], line: at[1], problem })
  }

  for (const name of names) {
    const lines = (await reader.read(name)).split('\n')
    const rest = lines.pop() ?? ''
    for (const [index, line] of lines.entries()) {
      at = [name, index + 1]
      const entry = entryIn(line)
      if (entry === null) {
        tell('it was changed: its hash is not that of what it says')
        continue
      }
      const problem = last === null ? beginning(entry, kept) : following(entry, last)
      if (problem !== null) tell(problem)
      if (last === null) from = entry.number
      if (kept !== null && entry.number === kept.number && entry.hash !== kept.hash) {
        tell(`it was changed: entry ${entry.number} was written with another hash`)
      }
      entries += 1
      last = entry
    }
    if (rest === '') continue
    at = [name, lines.length + 1]
    const number = Number(/^\{"number":(\d{1,16}),/.exec(rest)?.[1] ?? 0)
    // What was written whole is marked as such; what is torn cannot have been.
    const wasWhole = kept !== null && number > 0 && number <= kept.number
    if (name !== names.at(-1) || wasWhole) tell('it was cut off: the line has no end')
    else torn = { file: name, line: lines.length + 1 }
  }
  const to = last?.number ?? 0
  if (kept !== null && kept.number > to) {
    at = [at[0], at[1] + (torn === null ? 1 : 0)]
    tell(`${entriesText(to + 1, kept.number)} missing at the end`)
  }
  return { files: names.length, entries, from, to, problems, torn }
}

function beginning({ number, previous }: AuditLine, head: AuditHead | null): string | null {
  if (number === 1) return previous === NOTHING ? null : 'it is not the beginning that it says'
  const first = head?.first ?? 1
  return number <= first ? null : `${entriesText(first, number - 1)} missing before it`
}

function following({ number, previous }: AuditLine, last: AuditLine): string | null {
  if (number <= last.number) return `it is out of order: entry ${number} after ${last.number}`
  if (number > last.number + 1)
    return `${entriesText(last.number + 1, number - 1)} missing before it`
  return previous === last.hash ? null : 'it does not follow from the entry before it'
}

function entriesText(from: number, to: number): string {
  return from === to ? `entry ${from} is` : `entries ${from} to ${to} are`
}
