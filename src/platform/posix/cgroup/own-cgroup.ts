import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** `/sys/fs/cgroup/system.slice/api.service`, or why there is no such place. */
export type Place =
  | { readonly directory: string; readonly reason: null }
  | { readonly directory: null; readonly reason: string }

/** Where the control group of version 2 is that this process is in. */
export function ownCgroup(): Place {
  try {
    const groups = readFileSync('/proc/self/cgroup', 'utf8')
    return cgroupPlace(readFileSync('/proc/self/mountinfo', 'utf8'), groups)
  } catch (error) {
    const reason = `/proc cannot be read: ${(error as NodeJS.ErrnoException).code}`
    return { directory: null, reason }
  }
}

/** The name of the group of version 2 in /proc/PID/cgroup, cgroups(7): the line of hierarchy 0. */
export function cgroupName(groups: string): string | null {
  return /^0::(\/.*)$/m.exec(groups)?.[1] ?? null
}

/**
 * Joins the two: hybrid machines have version 2 mounted beside the controllers of version 1.
 *
 * @param mounts /proc/PID/mountinfo, proc_pid_mountinfo(5)
 * @param groups /proc/PID/cgroup, cgroups(7)
 */
export function cgroupPlace(mounts: string, groups: string): Place {
  const name = cgroupName(groups)
  if (name === null) return { directory: null, reason: 'the kernel has no control groups v2' }
  let isMounted = false
  for (const line of mounts.split('\n')) {
    const [fields = '', [type] = ['']] = splitMount(line)
    if (type !== 'cgroup2') continue
    isMounted = true
    const [, , , root = '/', point = ''] = fields.split(' ').map(unescaped)
    const inside = beneath(name, root)
    // Without the slash that stands for the root.
    if (inside !== null) return { directory: resolve(join(point, inside)), reason: null }
  }
  const reason = isMounted
    ? `the group of the guard (${name}) is outside of what is mounted here`
    : 'control groups v2 are not mounted'
  return { directory: null, reason }
}

function splitMount(line: string): [string, string[]] {
  const at = line.indexOf(' - ')
  return at < 0 ? ['', ['']] : [line.slice(0, at), line.slice(at + 3).split(' ')]
}

/** mountinfo writes blanks and the like as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

/** The rest of a name under the root of a mount; a name above the root of its namespace begins with `/..`. */
function beneath(name: string, root: string): string | null {
  if (name.startsWith('/..')) return null
  if (root === '/' || name === root) return root === '/' ? name : '/'
  return name.startsWith(`${root}/`) ? name.slice(root.length) : null
}
