import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import type { WhoIs } from '../../model/ports/audit-files.ts'
import { userName } from './account-numbers.ts'

const LONGEST = 4_096
/** Programs of which the first argument says more: the script. */
const INTERPRETERS = /^(node|nodejs|bun|deno|python[\d.]*|ruby|perl|(ba|da|z|k)?sh)$/
const SCRIPT = /^[^-].{0,200}$/

/** Names behind numbers, from the name service and /proc (proc_pid_cmdline(5)), on Linux. */
export function whoIs(): WhoIs {
  const names = new Map<number, string | null>()
  return {
    userName(uid) {
      const known = names.get(uid)
      if (known !== undefined) return known
      const found = userName(uid)
      if (names.size < 1_000) names.set(uid, found)
      return found
    },
    commandOf(pid) {
      const [program = '', script = ''] = argumentsOf(pid)
      const name = basename(program)
      if (name === '') return null
      return INTERPRETERS.test(name) && SCRIPT.test(script) ? `${name} ${basename(script)}` : name
    },
  }
}

function argumentsOf(pid: number): readonly string[] {
  let file: number | null = null
  try {
    file = openSync(`/proc/${pid}/cmdline`, 'r')
    const bytes = Buffer.alloc(LONGEST)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, LONGEST, 0)).split('\0')
  } catch {
    // It has ended, or this system has no /proc.
    return []
  } finally {
    if (file !== null) closeSync(file)
  }
}
