/** Where the thread that stores output finds it: pipes that programs write to, each told by a number. */
export interface ThreadPipes {
  /**
   * Copies what waits in a pipe to the beginning of `into`, at most so many bytes, and consumes
   * nothing of it.
   *
   * @returns bytes, or minus the number of an error
   */
  peek(pipe: number, into: Buffer, most: number): number
  /** So many of the bytes that were copied last are stored, and go. */
  consume(pipe: number, length: number): void
  /** Moves bytes to a file at `offset` in one step; null where they have to pass through memory. */
  readonly splice: ((pipe: number, to: number, offset: number, length: number) => number) | null
  /** Bytes that it holds before a writer has to wait, from now on; negative where it stays as it is. */
  setCapacity(pipe: number, bytes: number): number
  /** Bytes that wait in a pipe. */
  waiting(pipe: number): number
  /** Whether a write to it would wait. */
  isFull(pipe: number): boolean
  /** What another thread wakes this one by. */
  waker(): number
  wake(waker: number): void
  /** The waker has been told of, and is to wake again. */
  calm(waker: number): void
  /** What is waited for, by number; the waker from the beginning. */
  watching(waker: number): number
  /** Each new write is told once, also when what came before was not taken. */
  watchReadable(watching: number, pipe: number): void
  /** Told once, when it can be written to. */
  watchWritable(watching: number, target: number): void
  unwatch(watching: number, pipe: number): void
  /** Those that something happened to; waits for `timeout` milliseconds, -1 for ever. */
  wait(watching: number, timeout: number): readonly number[]
  closeWatching(watching: number): void
}
