import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

/** sd_booted(3) */
const SYSTEMD_RUNS = '/run/systemd/system'
/** What systemd marks the group of a unit with Delegate=yes with: CGROUP_DELEGATION of its documents. */
const ATTRIBUTES = ['user.delegate', 'trusted.delegate']

/**
 * Whether systemd left a group to whoever is in it. Without systemd nobody has to be asked, and
 * `nobody` is the answer; so it is not known, and `no`, where getxattr(2) cannot be called.
 */
export function isDelegated(directory: string): 'yes' | 'no' | 'nobody' {
  if (ATTRIBUTES.some((name) => attribute(directory, name) === '1')) return 'yes'
  return existsSync(SYSTEMD_RUNS) ? 'no' : 'nobody'
}

type GetXattr = (path: string, name: string, value: Buffer, size: number) => number
let getxattr: GetXattr | null = null

function attribute(path: string, name: string): string | null {
  try {
    getxattr ??= bind()
    const value = Buffer.alloc(16)
    const length = getxattr(path, name, value, value.length)
    return length < 0 ? null : value.toString('latin1', 0, length)
  } catch {
    return null
  }
}

function bind(): GetXattr {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  return koffi
    .load(null)
    .func('long getxattr(const char *path, const char *name, void *value, size_t size)')
}
