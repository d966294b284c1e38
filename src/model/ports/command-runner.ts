import type { Exit } from '../exit.ts'

export interface CommandResult {
  readonly exit: Exit
  /** True when the command was ended because its time was over. */
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** Milliseconds until the command is ended; default 30,000. */
  readonly timeout?: number
  /** Written to the command's standard input, which is then closed. */
  readonly input?: string
  /** Added to the caller's environment. `LC_ALL=C` is always set. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs programs of the operating system: a file and an argument array. There is no shell in between. */
export interface CommandRunner {
  /** Never rejects for what the command does: its failure to start, its code and its time-out are values. */
  run(file: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>
  /** The command's standard output, line by line, until it ends or `signal` is aborted. */
  lines(
    file: string,
    args: readonly string[],
    options?: { signal?: AbortSignal },
  ): AsyncIterable<string>
}
