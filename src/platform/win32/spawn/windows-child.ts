import type { Child, ProcessIdentity } from '../../../model/ports/spawner.ts'
import { isWindowsSignal, type WindowsSignal } from '../../../model/signal-name.ts'
import { CTRL_BREAK_EVENT, CTRL_C_EVENT } from './console-events.ts'
import { isConsoleHost } from './console-host.ts'
import { ENDED_BY_STEAD, type Job } from './job.ts'
import { ACCESS, close, type Handle, kernel32 } from './kernel32.ts'
import { ntdll } from './ntdll.ts'
import { identityOf, openLiving } from './process-identity.ts'
import { raiseEvent } from './raise-event.ts'
import { closeWindows, quitThreads } from './window-messages.ts'

const PROCESS_SUSPEND_RESUME = 0x800

export interface ChildParts {
  readonly own: boolean
  readonly identity: ProcessIdentity
  /** Null for one that was found without its job: then it is its whole tree. */
  readonly job: Job | null
  /** False from the moment the end of the program is told. */
  readonly isHeld: () => boolean
}

const known = new WeakMap<Child, ChildParts>()

/** What a child of a spawner of this platform was made of. */
export function partsOf(child: Child): ChildParts | undefined {
  return known.get(child)
}

/** The child of a spawner: how it is ended and what is left of it, by its job. */
export function windowsChild(parts: ChildParts): Child {
  const { own, identity, job, isHeld } = parts

  const members = (): readonly ProcessIdentity[] => {
    if (job === null) return isHeld() && isThere(identity) ? [identity] : []
    const found = job.pids().flatMap((pid) => identityOf(pid) ?? [])
    return found.filter(({ pid }) => pid === identity.pid || !isConsoleHost(pid))
  }

  const kill = (to: 'leader' | 'group' | 'tree'): readonly number[] => {
    if (to === 'leader' || job === null) {
      const ended = isHeld() && withProcess(identity, ACCESS.PROCESS_TERMINATE, terminate)
      return ended ? [identity.pid] : []
    }
    const pids = members().map(({ pid }) => pid)
    return pids.length > 0 && job.terminate() ? pids : []
  }

  /** A debugger's way, as Windows has no signal for it: each thread of each process. */
  const each = (
    to: 'leader' | 'group' | 'tree',
    call: 'NtSuspendProcess' | 'NtResumeProcess',
  ): readonly number[] => {
    const wanted = to === 'leader' ? members().filter(({ pid }) => pid === identity.pid) : members()
    return wanted
      .filter((one) =>
        withProcess(one, PROCESS_SUSPEND_RESUME, (process) => ntdll()[call](process) === 0),
      )
      .map(({ pid }) => pid)
  }

  const pidsFor = (to: 'leader' | 'group' | 'tree'): readonly number[] => {
    const pids = members().map(({ pid }) => pid)
    return to === 'leader' ? pids.filter((pid) => pid === identity.pid) : pids
  }

  const child: Child = {
    own,
    identity,
    signal(name, to) {
      if (name === 'SIGKILL') return kill(to)
      if (isWindowsSignal(name)) {
        // A suspended program could not follow; what asks comes before it goes on.
        const reached = ask(name, pidsFor(to))
        each(to, 'NtResumeProcess')
        return reached
      }
      if (name === 'SIGSTOP') return each(to, 'NtSuspendProcess')
      if (name === 'SIGCONT') return each(to, 'NtResumeProcess')
      return []
    },
    survivors: () => members(),
    limit: (to) => job?.limit(to),
  }
  known.set(child, parts)
  return child
}

function ask(name: WindowsSignal, pids: readonly number[]): readonly number[] {
  switch (name) {
    case 'CTRL_C':
      return raiseEvent(pids, CTRL_C_EVENT)
    case 'CTRL_BREAK':
      return raiseEvent(pids, CTRL_BREAK_EVENT)
    case 'WM_CLOSE':
      return closeWindows(pids)
    case 'WM_QUIT':
      return quitThreads(pids)
  }
}

function isThere(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.birth === identity.birth
}

function terminate(process: Handle): boolean {
  return Boolean(kernel32().TerminateProcess(process, ENDED_BY_STEAD))
}

/** Opens a process and makes sure that it is that one; while it is open its pid is nobody else's. */
function withProcess(
  { pid, birth }: ProcessIdentity,
  access: number,
  use: (process: Handle) => boolean,
): boolean {
  const process = openLiving(pid, access)
  if (process === null) return false
  try {
    return identityOf(pid)?.birth === birth && use(process)
  } finally {
    close(process)
  }
}
