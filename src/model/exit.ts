import { describeNtStatus } from './nt-status.ts'

/**
 * How a process ended. One of these and never two, and never a made-up one: a process killed by a
 * signal has no code, a process that exited has no signal (waitpid(2)).
 */
export type Exit =
  | {
      readonly kind: 'code'
      readonly code: number
      /** Windows had refused it memory at the limit of its job, after which most programs crash. */
      readonly outOfMemory?: 'limit'
    }
  | {
      readonly kind: 'signal'
      readonly signal: string
      readonly coreDumped?: boolean
      /** The kernel ended it for want of memory: at the limit of its control group, or of the machine. */
      readonly outOfMemory?: 'limit' | 'machine'
    }
  /** The program could not be started at all; `errno` is the symbol, such as `ENOENT`. */
  | { readonly kind: 'spawn-error'; readonly errno: string }
  /** It ended, and the manager does not say how. */
  | { readonly kind: 'unknown' }

/** True for exit code 0, and for nothing else. */
export function succeeded(exit: Exit): boolean {
  return exit.kind === 'code' && exit.code === 0
}

/** The end as a sentence, for people: `ended with code 1`. */
export function describeEnd(exit: Exit): string {
  return exit.kind === 'unknown'
    ? 'ended, and how is not known'
    : `ended with ${describeExit(exit)}`
}

function memoryText({ outOfMemory }: Extract<Exit, { kind: 'signal' | 'code' }>): string {
  if (outOfMemory === undefined) return ''
  return outOfMemory === 'limit' ? ' (out of memory: its limit)' : ' (out of memory: the machine)'
}

/** In words, for people: `code 1`, `signal SIGKILL`, `code 3221225477 (0xC0000005, access violation)`. */
export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case 'code': {
      const status = describeNtStatus(exit.code)
      return `code ${exit.code}${status === null ? '' : ` (${status})`}${memoryText(exit)}`
    }
    case 'signal':
      return `signal ${exit.signal}${exit.coreDumped ? ' (core dumped)' : ''}${memoryText(exit)}`
    case 'spawn-error':
      return `could not be started (${exit.errno})`
    case 'unknown':
      return 'ended in an unknown way'
  }
}
