import type { Exit } from '../../model/exit.ts'

/** What is read of a loaded job. */
export interface JobFacts {
  /** Null while it does not run. */
  readonly pid: number | null
  /** Null where it has not ended yet. */
  readonly lastExit: Exit | null
  /** Starts since it was loaded; null where it is not told. */
  readonly runs: number | null
}

/** Numbers of <sys/signal.h> of macOS, which are not those of Linux. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGBUS',
  11: 'SIGSEGV',
  12: 'SIGSYS',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  30: 'SIGUSR1',
  31: 'SIGUSR2',
}

/**
 * Reads four numbers out of `launchctl print DOMAIN/LABEL`: `pid`, `runs`, `last exit code` and
 * `last terminating signal`. launchctl(1) says that this text is no interface, and there is none
 * that has these numbers for a given domain, so as little as possible is read: a line that is not
 * there or looks otherwise gives null, "not told", and never a guess.
 *
 * The arguments and the environment of the job stand in the same text, before these lines, and may
 * contain anything: therefore the last match counts.
 */
export function parseJob(text: string): JobFacts {
  const last = (pattern: RegExp): number | null => {
    const found = [...text.matchAll(pattern)].at(-1)?.[1]
    return found === undefined ? null : Number(found)
  }
  const pid = last(/^\tpid = (\d+)$/gm)
  const code = last(/^\tlast exit code = (\d+)(?::.*)?$/gm)
  const signal = last(/^\tlast terminating signal = .*?(\d+)$/gm)
  return {
    pid: pid === 0 ? null : pid,
    lastExit: exitOf(code, signal),
    runs: last(/^\truns = (\d+)$/gm),
  }
}

function exitOf(code: number | null, signal: number | null): Exit | null {
  if (signal !== null && signal !== 0) {
    return { kind: 'signal', signal: SIGNALS[signal] ?? `signal ${signal}` }
  }
  return code === null ? null : { kind: 'code', code }
}
