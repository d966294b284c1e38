import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** One process in /proc/PID/stat, proc(5). */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Field 22: clock ticks since boot. */
  readonly birth: string
  /** Ended, and not waited for yet. */
  readonly zombie: boolean
}

const text = Buffer.allocUnsafeSlow(1024)

/** null where there is no such process. */
export function processEntry(pid: number): ProcessEntry | null {
  let length = 0
  try {
    const fd = openSync(`/proc/${pid}/stat`, 'r')
    try {
      length = readSync(fd, text, 0, text.length, 0)
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
  const line = text.toString('latin1', 0, length)
  // The second field, the name, may hold blanks and brackets.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ', 20)
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    birth: fields[19] ?? '',
    zombie: fields[0] === 'Z' || fields[0] === 'X',
  }
}

/** The environment that a process was started with; null where it may not be read, or is gone. */
export function environmentOf(pid: number): readonly string[] | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return null
  }
}

let bootId: string | null = null

/** /proc/sys/kernel/random/boot_id. */
export function bootIdentity(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return bootId
}

/** All processes, by pid, as they are at one moment. */
export type ProcessTable = ReadonlyMap<number, ProcessEntry>

let shared: ProcessTable | null = null

/** Whoever asks from now on sees what was started until now. */
export function renewProcessTable(): void {
  shared = null
}

/**
 * All processes. Whoever asks in the same turn of the event loop gets the same answer: two hundred
 * programs that are stopped at once cost one reading of /proc.
 */
export function processTable(): ProcessTable {
  if (shared !== null) return shared
  const table = new Map<number, ProcessEntry>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!(pid > 0)) continue
    const entry = processEntry(pid)
    if (entry !== null) table.set(pid, entry)
  }
  shared = table
  setImmediate(() => {
    shared = null
  })
  return table
}
