import { channel } from 'node:diagnostics_channel'
import type { Exit } from '../../../model/exit.ts'
import type { Bound, Libc } from './libc.ts'
import { processEntry, processTable } from './proc-table.ts'
import { signalName } from './send-signal.ts'

/** <sys/wait.h>, Linux. */
const WNOHANG = 1
const WEXITED = 4
const WNOWAIT = 0x1000000
const P_ALL = 0
/** siginfo_t of 64-bit Linux. */
const SIGINFO_SIZE = 128
const SI_PID = 16
const CORE_FLAG = 0x80
/** A zombie of unknown origin is given so long to be waited for by who started it. */
const GRACE_MS = 1000

export interface Watched {
  /** Before the process is gone for good: what /proc tells can still be read. */
  settle(): void
  ended(exit: Exit): void
}

/** Waits for the processes of posix_spawn and for orphans, and never for those of node itself. */
export interface Reaper {
  watch(pid: number, watched: Watched): void
  /** Whether it was started by a spawner, or has been followed. */
  isWatched(pid: number): boolean
  /** It is waited for still, and nobody is told. */
  forget(pid: number): void
  close(): void
}

const watched = new Map<number, Watched>()
let users = 0
let stop: (() => void) | null = null

/** One for the whole process: every user sees SIGCHLD, and only one may wait for all. */
export function reaper(bound: Bound): Reaper {
  users += 1
  stop ??= begin(bound.libc)
  let isOpen = true
  return {
    watch: (pid, one) => void watched.set(pid, one),
    isWatched: (pid) => watched.has(pid),
    forget: (pid) => void watched.delete(pid),
    close() {
      if (!isOpen) return
      isOpen = false
      users -= 1
      if (users > 0) return
      stop?.()
      stop = null
    },
  }
}

function begin(libc: Libc): () => void {
  const info = Buffer.alloc(SIGINFO_SIZE)
  const status = Buffer.alloc(4)
  const ofNode = new Set<{ pid?: number }>()
  let grace: NodeJS.Timeout | null = null

  /** Waits for one that has ended. */
  const take = (pid: number, one: Watched): void => {
    one.settle()
    if (libc.waitpid(pid, status, WNOHANG) !== pid) return
    watched.delete(pid)
    one.ended(exitOf(status.readInt32LE(0)))
  }

  const reap = (): void => {
    let isDone = false
    try {
      for (;;) {
        info.writeInt32LE(0, SI_PID)
        const answer = libc.waitid(P_ALL, 0, info, WNOHANG | WEXITED | WNOWAIT)
        const pid = answer === 0 ? info.readInt32LE(SI_PID) : 0
        if (pid === 0) break
        const one = watched.get(pid)
        if (one !== undefined) take(pid, one)
        else if (isOrphan(pid)) libc.waitpid(pid, status, WNOHANG)
        else {
          // It stands before the others in the kernel's list, so they are asked for one by one.
          sweep()
          break
        }
      }
      isDone = true
    } finally {
      // What a callback threw goes its way; the others are not forgotten.
      if (!isDone) setImmediate(reap)
    }
  }

  const sweep = (): void => {
    grace ??= setTimeout(endOfGrace, GRACE_MS).unref()
    for (const [pid, one] of watched) {
      info.writeInt32LE(0, SI_PID)
      if (libc.waitid(1, pid, info, WNOHANG | WEXITED | WNOWAIT) !== 0) continue
      if (info.readInt32LE(SI_PID) === pid) take(pid, one)
    }
  }

  const endOfGrace = (): void => {
    grace = null
    const known = new Set([...ofNode].map(({ pid }) => pid))
    for (const { pid, parent, zombie } of processTable().values()) {
      if (!zombie || parent !== process.pid || watched.has(pid) || known.has(pid)) continue
      libc.waitpid(pid, status, WNOHANG)
    }
    reap()
  }

  /** Children that node made; it waits for them itself. */
  const noteChild = (message: unknown): void => {
    const { process: child } = message as { process: NodeJS.EventEmitter & { pid?: number } }
    ofNode.add(child)
    const gone = (): void => void ofNode.delete(child)
    child.once('exit', gone).once('error', gone)
  }

  process.on('SIGCHLD', reap)
  const children = channel('child_process')
  children.subscribe(noteChild)
  return () => {
    process.off('SIGCHLD', reap)
    children.unsubscribe(noteChild)
    if (grace !== null) clearTimeout(grace)
  }
}

/**
 * A child of node is in the session of this process, or leads its own. What is in the session of
 * somebody else came to us when its parent died.
 */
function isOrphan(pid: number): boolean {
  const entry = processEntry(pid)
  if (entry === null) return false
  return entry.session !== pid && entry.session !== processEntry(process.pid)?.session
}

/** waitpid(2): WIFEXITED, WEXITSTATUS, WTERMSIG, WCOREDUMP. */
export function exitOf(status: number): Exit {
  const signal = status & 0x7f
  if (signal === 0) return { kind: 'code', code: (status >> 8) & 0xff }
  const coreDumped = (status & CORE_FLAG) !== 0
  return { kind: 'signal', signal: signalName(signal), coreDumped }
}
