import type { SinkFact } from '../log-sink.ts'
import type { LogPolicy } from '../program-spec.ts'
import type { SpawnDescriptor } from './spawner.ts'

/** Whose output it is. The incarnation may change while the channel stays. */
export interface OutputSource {
  readonly service: string
  /** 1 for the only one. */
  readonly instance: number
}

/** `emitted = stored + dropped + pending`, in bytes as the program wrote them. */
export interface OutputCounts {
  readonly emitted: number
  readonly stored: number
  readonly dropped: number
  /** Written by the program and not taken yet: in its FIFO, or in memory under policy `drop`. */
  readonly pending: number
  /** Gaps that were marked in the log. */
  readonly gaps: number
  /** Lines stored; raw output that was moved without being looked at does not count. */
  readonly lines: number
  readonly rotations: number
  /** Why storing fails at present; null when it does not. */
  readonly trouble: string | null
}

/**
 * The way of one instance's output to its log. It outlives the incarnations of the program, and its
 * FIFOs outlive the guard.
 */
export interface OutputChannel {
  /** For descriptors 1 and 2 of the child. */
  readonly stdout: SpawnDescriptor
  readonly stderr: SpawnDescriptor
  /** Absolute path of the log; null where there is none. */
  readonly file: string | null
  /**
   * A new life begins: what there is ends as a line, and JSON lines tell the number from here on.
   * Fast and asynchronous: called at each start, it is done long before a program can write, on a
   * machine that is not overloaded.
   */
  incarnation(number: number): void
  /** The process of this incarnation, for sinks that tell it. */
  process(pid: number): void
  /** A new policy, in place. A change between formats `raw`, `stamped`, `json` loses nothing. */
  reconfigure(policy: LogPolicy): void
  /** Calls back once for the first whole line, from now on, that matches; returns what cancels it. */
  watchFor(pattern: RegExp, found: (line: string) => void): () => void
  counts(): Promise<OutputCounts>
  /** How its sinks are; those that several programs have count for all of them. */
  sinks(): Promise<readonly SinkFact[]>
  /** Resolves when everything that was written before the call is in the log. */
  drained(): Promise<void>
  rotate(): Promise<void>
  /** Empties the log, after what was written before the call; what is rotated stays. */
  clear(): Promise<void>
  /** Resolves when what is there is stored. The FIFOs are removed with `remove`. */
  close(options: { readonly remove: boolean }): Promise<void>
}

/** The output of all programs of a guard. */
export interface ProgramOutput {
  /** Synchronous: the descriptors can be given to a child at once. */
  open(source: OutputSource, policy: LogPolicy): OutputChannel
  /** Milliseconds of work are bounded; whoever still holds a FIFO goes on writing to it. */
  close(): Promise<void>
}
