import type { ProcessIdentity, Spawner, SpawnRequest } from '../../../model/ports/spawner.ts'
import type { ControlGroups } from '../cgroup/control-groups.ts'
import { newGroup } from './child-group.ts'
import { pidfdEndWatch } from './end-watch.ts'
import { MARK } from './family.ts'
import { fileActions } from './file-actions.ts'
import { followedChild } from './followed-child.ts'
import { adoptedChild, findByEnvironment } from './found-processes.ts'
import { type Bound, bindLibc, type Libc } from './libc.ts'
import { pidDescriptors } from './pid-descriptors.ts'
import { bootIdentity, processEntry, renewProcessTable } from './proc-table.ts'
import { reaper } from './reaper.ts'
import { argvBlock, envpBlock } from './request-block.ts'
import { errnoName, failure, visibleFault } from './spawn-failure.ts'
import { commandOf } from './trampolines.ts'
import { watchedChild } from './watched-child.ts'

/** <spawn.h>; POSIX_SPAWN_SETSID since glibc 2.26. */
const SETSIGDEF = 0x04
const SETSIGMASK = 0x08
const SETSID = 0x80
/** Enough for posix_spawnattr_t: glibc and musl have 336 bytes; and for sigset_t, 128. */
const ATTRIBUTES_SIZE = 512
const SIGSET_SIZE = 128
/** <sys/prctl.h> */
const PR_SET_CHILD_SUBREAPER = 36

/**
 * Starts programs by posix_spawn(3), which costs the same however large this process is, and waits for
 * them itself. Makes this process the one to which orphans of its descendants come (prctl(2)).
 *
 * @param groups null: no program gets a control group, and nobody is told why
 * @throws where koffi cannot be loaded, or libc has not all calls (glibc 2.34 has)
 */
export function posixSpawner(groups: ControlGroups | null = null): Spawner {
  const bound = bindLibc()
  const { libc } = bound
  libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
  const attributes = attributesOf(libc)
  const descriptors = pidDescriptors(libc)
  const ends = pidfdEndWatch(descriptors)
  const reaping = reaper(bound)
  return {
    spawn(request, onExit) {
      const group = newGroup(groups, request)
      const made = commandOf(request, group.door)
      if ('fault' in made) {
        group.failed()
        return made.fault
      }
      const { path, args } = made.command
      const answer = start(bound, attributes, request, path, args)
      if (answer.pid === 0) {
        group.failed()
        return visibleFault(request, path) ?? failure(answer.errno, request.file)
      }
      const { pid } = answer
      group.started(pid)
      renewProcessTable()
      let isHeld = true
      let known: ProcessIdentity | null = null
      const identity = (): ProcessIdentity => {
        // Until it is waited for, the number is its own.
        known ??= { pid, birth: processEntry(pid)?.birth ?? '', boot: bootIdentity() }
        return known
      }
      reaping.watch(pid, {
        settle: identity,
        ended(exit) {
          isHeld = false
          onExit(group.ended(exit))
        },
      })
      const mark = request.env[MARK] ?? null
      const child = watchedChild({
        own: true,
        identity,
        isHeld: () => isHeld,
        keepsNumber: true,
        mark,
        descriptors,
        cgroup: group.child,
      })
      return { child, failure: null }
    },
    adopt: (identity, onExit) =>
      adoptedChild(identity, onExit, { watch: ends, descriptors, groups }),
    follow: (child, said, onExit) =>
      followedChild(child, said, onExit, { ends, descriptors, reaping }),
    findByEnvironment: (name, value) => findByEnvironment(name, value, groups),
    close() {
      reaping.close()
      ends.close()
    },
  }
}

function attributesOf(libc: Libc): Buffer {
  const attributes = Buffer.allocUnsafeSlow(ATTRIBUTES_SIZE)
  libc.posix_spawnattr_init(attributes)
  libc.posix_spawnattr_setflags(attributes, SETSIGDEF | SETSIGMASK | SETSID)
  // Not sigfillset(3): it leaves out the two signals of glibc's threads, which would then be ignored.
  libc.posix_spawnattr_setsigdefault(attributes, Buffer.alloc(SIGSET_SIZE, 0xff))
  libc.posix_spawnattr_setsigmask(attributes, Buffer.alloc(SIGSET_SIZE))
  return attributes
}

const started = Buffer.alloc(4)

function start(
  bound: Bound,
  attributes: Buffer,
  request: SpawnRequest,
  path: string,
  args: readonly string[],
): { readonly pid: number; readonly errno: string } {
  const { libc } = bound
  let argv: Buffer
  let envp: Buffer
  try {
    argv = argvBlock(bound, args)
    envp = envpBlock(bound, request.env)
  } catch (error) {
    return { pid: 0, errno: (error as NodeJS.ErrnoException).code ?? 'EINVAL' }
  }
  const actions = fileActions(libc, request)
  const file = Buffer.from(`${path}\0`)
  const number = libc.posix_spawn(started, file, actions, attributes, argv, envp)
  libc.posix_spawn_file_actions_destroy(actions)
  return number === 0
    ? { pid: started.readInt32LE(0), errno: '' }
    : { pid: 0, errno: errnoName(number) }
}
