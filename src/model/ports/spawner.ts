import type { CgroupFact } from '../cgroup-fact.ts'
import type { Exit } from '../exit.ts'
import type { ProgramLimits } from '../program-spec.ts'
import type { WindowsProgram } from '../windows-settings.ts'

export type MeasuredLimits = Pick<ProgramLimits, 'memory' | 'cpu'>

/** Who a process is, beyond its pid: two lives of one pid differ in `birth`, two boots in `boot`. */
export interface ProcessIdentity {
  readonly pid: number
  /**
   * When it started. Linux: clock ticks since boot, field 22 of /proc/PID/stat (proc(5)). Windows: a
   * FILETIME, 100 ns since 1601 (GetProcessTimes).
   */
  readonly birth: string
  /** Linux: /proc/sys/kernel/random/boot_id. Windows: BootId of KUSER_SHARED_DATA. */
  readonly boot: string
}

/** How to start a process. Everything is decided: nothing is inherited but what is named here. */
export interface SpawnRequest {
  /** Path of the executable, or a name to look up in PATH of `env`. */
  readonly file: string
  /** argv, `args[0]` being what the program is called. */
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  /** `stdio[n]` becomes descriptor n of the child: a descriptor of ours, or a path to be opened. */
  readonly stdio: readonly SpawnDescriptor[]
  readonly user: string | null
  readonly group: string | null
  readonly supplementaryGroups: readonly string[] | null
  readonly umask: number | null
  /** A variable that shall have the pid of the program itself, such as LISTEN_PID; none where it is left out. */
  readonly pidVariable?: string
  /** A control group of its own, where the system has it; `memory` in bytes. None where it is left out. */
  readonly cgroup?: { readonly memory: number | null }
  readonly nice: number | null
  readonly rlimits: Readonly<Partial<Record<'openFiles' | 'processes' | 'coreSize', number>>>
  /**
   * What the guard measures it by, bytes and percent of a core: on Windows its job is held to somewhat
   * more by the system itself. Nothing where it is left out.
   */
  readonly limits?: MeasuredLimits
  /** For Windows alone; left out for its defaults. */
  readonly windows?: WindowsProgram
}

export type SpawnDescriptor =
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'null' }
  /** Opened for reading and writing without blocking: a FIFO opened so never breaks (fifo(7)). */
  | { readonly kind: 'fifo'; readonly path: string }
  /** Opened for appending, created with `mode`. */
  | { readonly kind: 'append'; readonly path: string; readonly mode: number }

/** A process that was started, or found again, and is watched until its end. */
export interface Child {
  readonly identity: ProcessIdentity
  /** False for one that another guard started: its exit is then `unknown`, but on Windows. */
  readonly own: boolean
  /** What has become of the wish for a control group; left out where there was none. */
  readonly cgroup?: CgroupFact
  /**
   * Sends a signal, after checking that it is still that process or tree. `leader`: the process;
   * `group`: its process group; `tree`: every descendant, wherever it went.
   *
   * @returns pids that were signalled
   */
  signal(name: string, to: 'leader' | 'group' | 'tree'): readonly number[]
  /**
   * What is left, the leader included; empty when nothing is. `group` asks the process group and the
   * control group alone, which is quick; `tree` looks for every descendant.
   */
  survivors(depth: 'group' | 'tree'): readonly ProcessIdentity[]
  /** What the system holds it to becomes another: its control group, or its job. */
  limit?(to: MeasuredLimits): void
  /** Nobody asks for what is left any more: its control group is removed once it is empty. */
  release?(): void
}

export type SpawnResult =
  | { readonly child: Child; readonly failure: null }
  /** `what` names the object at fault: the program, the directory, the user. */
  | {
      readonly child: null
      readonly failure: { readonly errno: string; readonly what: string; readonly remedy: string }
    }

export interface Spawner {
  /**
   * Starts a process in a session of its own, with default signal dispositions and an empty mask.
   * Synchronous: a restart waits for nothing. `onExit` is called once, never before `spawn` returned.
   */
  spawn(request: SpawnRequest, onExit: (exit: Exit) => void): SpawnResult
  /**
   * Takes on a process that an earlier guard started; null where it is gone. `onExit` comes with
   * `unknown` when it ends.
   */
  adopt(identity: ProcessIdentity, onExit: (exit: Exit) => void): Child | null
  /**
   * Another process of a child's tree is the program from now on (MAINPID= of sd_notify(3)): it is
   * watched, and signals to the leader go to it; the tree stays the same. Null where `pid` is not
   * for sure of that tree, or is gone: nothing changes then.
   *
   * @param said `speaker` is the process that named it, by the kernel's word
   */
  follow(
    child: Child,
    said: { readonly pid: number; readonly speaker: number },
    onExit: (exit: Exit) => void,
  ): Child | null
  /**
   * Processes of this machine whose environment carries `name=value`, or did when they came into their
   * control group: what an earlier guard started and did not write down. Sessions' leaders first.
   */
  findByEnvironment(name: string, value: string): readonly FoundProcess[]
  /** Stops watching. Living children stay as they are. */
  close(): void
}

export interface FoundProcess {
  readonly identity: ProcessIdentity
  readonly isLeader: boolean
  readonly environment: Readonly<Record<string, string>>
}
