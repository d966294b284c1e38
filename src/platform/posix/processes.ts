import { readFile } from 'node:fs/promises'
import type { Processes } from '../../model/ports/machine.ts'

const PAGE_SIZE = 4096

/** Linux: proc(5). Elsewhere on POSIX there is no /proc, and a living pid has the mark `alive`. */
export function processes(): Processes {
  return {
    self: process.pid,
    async birth(pid) {
      const stat = await statOf(pid)
      if (stat !== null) return stat[19] ?? null
      return process.platform !== 'linux' && isAlive(pid) ? 'alive' : null
    },
    async memory(pid) {
      const pages = (await statOf(pid))?.[21]
      return pages === undefined ? null : Number(pages) * PAGE_SIZE
    },
  }
}

/** The fields of /proc/PID/stat from the third on: the second, the name, may hold blanks and brackets. */
async function statOf(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
