import type { Exit } from '../exit.ts'
import type { LifecycleState } from '../lifecycle-state.ts'
import type { LogEntry } from '../log-entry.ts'
import type { PowerEvent, SessionEvent, TimeChangeEvent } from '../machine-events.ts'

/** `logon`: nobody who could be told anything, such as what Windows starts from a Run key. */
export type HostKind = 'scm' | 'systemd' | 'launchd' | 'logon' | 'console'

/** What a host asks of the service. */
export type Control =
  /**
   * `shutdown` and `preshutdown`: the machine goes down. `interrupt`: Ctrl-C.
   * A second stop on the console comes with `force`.
   */
  | {
      readonly type: 'stop'
      readonly reason: 'request' | 'shutdown' | 'preshutdown' | 'interrupt'
      readonly force: boolean
    }
  | { readonly type: 'reload' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** The manager wants the present state again; the host answers by itself and tells only for the log. */
  | { readonly type: 'interrogate' }
  /** A user code of the SCM, 128 to 255. */
  | { readonly type: 'custom'; readonly code: number }
  /** What the SCM tells of the machine; no other host does. */
  | { readonly type: 'session'; readonly event: SessionEvent }
  | { readonly type: 'power'; readonly event: PowerEvent }
  | { readonly type: 'time-change'; readonly event: TimeChangeEvent }

export type ControlType = Control['type']

/**
 * Who runs this process, and how to talk to it. A host is created before user code is loaded and
 * has made contact with its manager by the time its factory resolves.
 */
export interface Host {
  readonly kind: HostKind
  /** What this host can deliver; the console delivers all of them. */
  readonly delivers: ReadonlySet<ControlType>
  /** The longest silence between two heartbeats that the manager allows, in ms; null for no watchdog. */
  readonly watchdog: number | null
  /** Arguments that the manager gave to this start, beyond the command line. */
  readonly startArguments: readonly string[]
  /** Registers the one receiver of controls; controls that came before are delivered at once. */
  listen(receiver: (control: Control) => void): void
  /** What the service accepts from now on, so that a manager can refuse the rest by itself. */
  accept(controls: ReadonlySet<ControlType>): void
  /**
   * Tells the manager the state. In `starting`, `stopping` and the other passing states the host
   * keeps the manager patient by itself (checkpoints, EXTEND_TIMEOUT_USEC) until `patience` ms have
   * gone by without a new report.
   */
  report(state: Exclude<LifecycleState, 'stopped'>, patience?: number): void
  /** A line of status text for people, where the manager shows one. */
  status(text: string): void
  /** A heartbeat for the manager's watchdog. */
  pulse(): void
  log(entry: LogEntry): void
  /**
   * The last report: stopped, and how. Synchronous, so that it can be called from an exit handler;
   * the process must end soon after, with the code that is returned.
   */
  finish(exit: Exit, reason: string | null): number
  /**
   * Waits until what was logged has reached its logs, where that takes a moment. Synchronous, for a
   * process that is about to crash: its manager learns of that by the end of the process alone.
   */
  flush?(): void
  /** Lets go of sockets, signal handlers and threads. */
  close(): Promise<void>
}
