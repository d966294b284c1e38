import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { Exit } from '../../../model/exit.ts'
import type {
  ProcessIdentity,
  SpawnDescriptor,
  Spawner,
  SpawnRequest,
  SpawnResult,
} from '../../../model/ports/spawner.ts'
import type { ControlGroups } from '../cgroup/control-groups.ts'
import { type NewGroup, newGroup } from './child-group.ts'
import { keepInheritedDescriptors } from './close-on-exec.ts'
import { pollingEndWatch } from './end-watch.ts'
import { MARK } from './family.ts'
import { followedChild } from './followed-child.ts'
import { adoptedChild, findByEnvironment } from './found-processes.ts'
import { bootIdentity, processEntry, renewProcessTable } from './proc-table.ts'
import { failure, visibleFault } from './spawn-failure.ts'
import { commandOf } from './trampolines.ts'
import { watchedChild } from './watched-child.ts'

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND

/**
 * The same by node:child_process, where posix_spawn(3) cannot be called: slower the larger this
 * process is. Orphans are left to init.
 */
export function childProcessSpawner(groups: ControlGroups | null = null): Spawner {
  const ends = pollingEndWatch()
  keepInheritedDescriptors()
  return {
    spawn(request, onExit) {
      const group = newGroup(groups, request)
      const result = start(request, onExit, group)
      if (result.child === null) group.failed()
      else group.started(result.child.identity.pid)
      return result
    },
    adopt: (identity, onExit) =>
      adoptedChild(identity, onExit, { watch: ends, descriptors: null, groups }),
    follow: (child, said, onExit) =>
      followedChild(child, said, onExit, { ends, descriptors: null, reaping: null }),
    findByEnvironment: (name, value) => findByEnvironment(name, value, groups),
    close: () => ends.close(),
  }
}

function start(request: SpawnRequest, onExit: (exit: Exit) => void, group: NewGroup): SpawnResult {
  const made = commandOf(request, group.door)
  if ('fault' in made) return made.fault
  const { path, args } = made.command
  // Errors of exec come too late as events; most of them are to be seen before.
  const fault = visibleFault(request, path)
  if (fault !== null) return fault
  const opened: number[] = []
  try {
    const stdio = request.stdio.map((one) => {
      if (one.kind === 'fd') return one.fd
      const fd = open(one)
      opened.push(fd)
      return fd
    })
    const { cwd, env } = request
    const [argv0, ...rest] = args
    const child = spawn(path, rest, { argv0: argv0 ?? path, cwd, env, stdio, detached: true })
    child.on('error', () => {})
    const { pid } = child
    if (pid === undefined) return failure(plausibleErrno(path), path)
    child.unref()
    renewProcessTable()
    const ended = (exit: Exit): void => onExit(group.ended(exit))
    return { child: watch(pid, request.env[MARK] ?? null, child, ended, group), failure: null }
  } catch (error) {
    const { code, path: at } = error as NodeJS.ErrnoException
    const errno = code?.startsWith('ERR_') === false ? code : 'EINVAL'
    return failure(errno, at ?? request.file)
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

function open(one: Exclude<SpawnDescriptor, { kind: 'fd' }>): number {
  if (one.kind === 'append') return openSync(one.path, APPEND, one.mode)
  return openSync(one.kind === 'null' ? '/dev/null' : one.path, constants.O_RDWR)
}

/** What exec fails with where nothing wrong was to be seen: not a program, or too many processes. */
function plausibleErrno(path: string): string {
  try {
    const fd = openSync(path, 'r')
    closeSync(fd)
    return 'ENOEXEC'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EAGAIN'
  }
}

function watch(
  pid: number,
  mark: string | null,
  child: ReturnType<typeof spawn>,
  onExit: (exit: Exit) => void,
  group: NewGroup,
) {
  // At once: node waits for it on its own, and then /proc tells nothing any more.
  const known: ProcessIdentity = {
    pid,
    birth: processEntry(pid)?.birth ?? '',
    boot: bootIdentity(),
  }
  let isHeld = true
  child.once('exit', (code, signal) => {
    isHeld = false
    onExit(signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal })
  })
  return watchedChild({
    own: true,
    identity: () => known,
    isHeld: () => isHeld,
    // Node waits for several at once, and tells it one after the other.
    keepsNumber: false,
    mark,
    descriptors: null,
    cgroup: group.child,
  })
}
