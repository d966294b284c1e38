/** What the kernel says about processes, for looking from outside at what a guard does. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Seen {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** `Z` for one that has ended and was not waited for. */
  readonly state: string
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[]
}

/** Null for one that is gone (proc(5)). */
export function processOf(pid: number): Seen | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may have blanks and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', parent, group, session] = fields
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      state,
      environment: environmentOf(pid),
      command: textOf(`/proc/${pid}/cmdline`).split('\0').slice(0, -1),
    }
  } catch {
    return null
  }
}

function environmentOf(pid: number): Record<string, string> {
  const text = textOf(`/proc/${pid}/environ`)
  return Object.fromEntries(
    text.split('\0').flatMap((one) => {
      const at = one.indexOf('=')
      return at > 0 ? [[one.slice(0, at), one.slice(at + 1)]] : []
    }),
  )
}

/** Empty for a zombie, which has none of it any more, and for one that is not to be looked at. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Every process of this machine that may be looked at. */
export function allProcesses(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? [])
}

/** True where it runs: what has ended and only waits to be reaped does not. */
export function lives(pid: number): boolean {
  const seen = processOf(pid)
  return seen !== null && seen.state !== 'Z' && seen.state !== 'X'
}

/** Ends one process at once; false where it was gone. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
