/** What happens to this process as a whole. Each registration returns the function that takes it back. */
export interface ProcessEvents {
  /** An exception or a rejection that nobody caught. While registered, it no longer ends the process. */
  onFault(receiver: (error: unknown) => void): () => void
  /**
   * The process is exiting with `code`, by whatever way; synchronous work is all that is possible.
   * What the receiver returns becomes the exit code.
   */
  onExit(receiver: (code: number) => number): () => void
  /** Keeps the process alive although nothing else does. */
  keepAlive(): () => void
}

/** Signals of POSIX, and Ctrl-Break of Windows, sent to this process. */
export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGBREAK'

export interface Signals {
  /** Takes the signal over from its default action, until the function returned is called. */
  on(signal: SignalName, receiver: () => void): () => void
}
