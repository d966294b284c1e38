import type { SpawnRequest } from '../../../model/ports/spawner.ts'
import type { Libc } from './libc.ts'

/** <fcntl.h>, Linux. */
const O_RDWR = 2
const O_APPEND_CREATE = 0o1 | 0o100 | 0o2000
/** Enough for posix_spawn_file_actions_t of any libc: glibc and musl have 80 bytes. */
const SIZE = 256

/**
 * What the child does before exec: its descriptors, its directory, and the closing of all others.
 * To be given back with posix_spawn_file_actions_destroy.
 */
export function fileActions(libc: Libc, request: Pick<SpawnRequest, 'stdio' | 'cwd'>): Buffer {
  const { stdio, cwd } = request
  const actions = Buffer.alloc(SIZE)
  libc.posix_spawn_file_actions_init(actions)
  const used = new Set(stdio.flatMap((one) => (one.kind === 'fd' ? [one.fd] : [])))
  let spare = stdio.length
  const source = stdio.map((one, index) => {
    if (one.kind !== 'fd' || one.fd >= stdio.length || one.fd === index) return -1
    // Its number is wanted for another: it is saved before that is put there.
    while (used.has(spare)) spare += 1
    libc.posix_spawn_file_actions_adddup2(actions, one.fd, spare)
    spare += 1
    return spare - 1
  })
  for (const [index, one] of stdio.entries()) {
    if (one.kind === 'fd') {
      const from = source[index] ?? -1
      libc.posix_spawn_file_actions_adddup2(actions, from < 0 ? one.fd : from, index)
    } else {
      const path = one.kind === 'null' ? '/dev/null' : one.path
      const [flags, mode] = one.kind === 'append' ? [O_APPEND_CREATE, one.mode] : [O_RDWR, 0]
      libc.posix_spawn_file_actions_addopen(actions, index, path, flags, mode)
    }
  }
  libc.posix_spawn_file_actions_addclosefrom_np(actions, stdio.length)
  libc.posix_spawn_file_actions_addchdir_np(actions, cwd)
  return actions
}
