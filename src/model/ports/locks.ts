/** A lock that is held; released by the system when its process dies. */
export interface HeldLock {
  release(): Promise<void>
}

/** The lock; or, when somebody else has it, the pid of its holder (null where it cannot be told). */
export type LockAttempt =
  | { readonly lock: HeldLock; readonly holder: null }
  | { readonly lock: null; readonly holder: number | null }

/** Exclusive locks between processes, by path. Nothing is left behind by a holder that dies. */
export interface Locks {
  acquire(path: string): Promise<LockAttempt>
}
