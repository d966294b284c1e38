import type { ProcessIdentity } from '../../../model/ports/spawner.ts'
import { MARKS } from '../../../model/program-marks.ts'
import { environmentOf, type ProcessEntry, type ProcessTable } from './proc-table.ts'

/** The variable by which a process of one life is known, wherever it went. */
export const MARK = MARKS.incarnation

/** Marks by pid and birth: what a process was marked with once it stays, whatever it executes. */
const marks = new Map<string, string>()
let markedTable: ProcessTable | null = null
let byMark = new Map<string, ProcessEntry[]>()
let byParent = new Map<number, ProcessEntry[]>()
let byGroup = new Map<number, ProcessEntry[]>()
let bySession = new Map<number, ProcessEntry[]>()
let indexed: ProcessTable | null = null

/**
 * Living members of the process group that a leader founded. Empty where the number of the group
 * was given away: the kernel gives a number to a new process only when no group bears it.
 */
export function groupMembers(
  table: ProcessTable,
  leader: ProcessIdentity,
): readonly ProcessEntry[] {
  if (isTaken(table, leader)) return []
  index(table)
  return (byGroup.get(leader.pid) ?? []).filter((one) => !one.zombie)
}

/**
 * Living processes of a tree: of the leader's group and session, those that carry its mark, and all
 * descendants of these.
 *
 * @param leader null where its group is known to be empty
 */
export function treeMembers(
  table: ProcessTable,
  leader: ProcessIdentity | null,
  mark: string | null,
): readonly ProcessEntry[] {
  index(table)
  const found = new Map<number, ProcessEntry>()
  const open: ProcessEntry[] = []
  const take = (entries: readonly ProcessEntry[] = []): void => {
    for (const entry of entries) {
      if (found.has(entry.pid) || entry.pid === process.pid) continue
      found.set(entry.pid, entry)
      open.push(entry)
    }
  }
  if (leader !== null && !isTaken(table, leader)) {
    const entry = table.get(leader.pid)
    take([...(entry === undefined ? [] : [entry]), ...(byGroup.get(leader.pid) ?? [])])
    take(bySession.get(leader.pid))
  }
  if (mark !== null) take(markedWith(table, mark))
  for (let next = open.pop(); next !== undefined; next = open.pop()) take(byParent.get(next.pid))
  return [...found.values()].filter((one) => !one.zombie)
}

function isTaken(table: ProcessTable, leader: ProcessIdentity): boolean {
  const entry = table.get(leader.pid)
  return entry !== undefined && entry.birth !== leader.birth
}

function index(table: ProcessTable): void {
  if (indexed === table) return
  indexed = table
  byParent = Map.groupBy(table.values(), ({ parent }) => parent)
  byGroup = Map.groupBy(table.values(), ({ group }) => group)
  bySession = Map.groupBy(table.values(), ({ session }) => session)
}

function markedWith(table: ProcessTable, mark: string): readonly ProcessEntry[] {
  if (markedTable !== table) {
    markedTable = table
    byMark = Map.groupBy(table.values(), markOf)
    forget(table)
  }
  return byMark.get(mark) ?? []
}

function markOf(entry: ProcessEntry): string {
  const key = `${entry.pid} ${entry.birth}`
  const known = marks.get(key)
  if (known !== undefined) return known
  // Unreadable just now, a zombie, or between fork and exec: it is looked at again.
  const assignment = environmentOf(entry.pid)?.find((one) => one.startsWith(`${MARK}=`))
  const mark = assignment?.slice(MARK.length + 1) ?? ''
  if (mark !== '') marks.set(key, mark)
  return mark
}

function forget(table: ProcessTable): void {
  if (marks.size <= table.size) return
  for (const key of marks.keys()) {
    const [pid, birth] = key.split(' ')
    if (table.get(Number(pid))?.birth !== birth) marks.delete(key)
  }
}
