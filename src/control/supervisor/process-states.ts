import type { InstanceStatus, ProgramPhase } from '../../model/guard-status.ts'

/** States of supervisor's processes, by the numbers that clients compare (its `ProcessStates`). */
export const PROCESS_STATES = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const

export type ProcessState = keyof typeof PROCESS_STATES

/**
 * What clients of supervisor are told about a phase. Whatever waits for a dependency is STARTING: it
 * can be stopped and is not to be started again. A paused one lives, so it is RUNNING. A job whose end
 * nobody saw is UNKNOWN.
 */
export const STATE_OF_PHASE: Readonly<Record<ProgramPhase, ProcessState>> = {
  stopped: 'STOPPED',
  waiting: 'STARTING',
  starting: 'STARTING',
  running: 'RUNNING',
  paused: 'RUNNING',
  stopping: 'STOPPING',
  exited: 'EXITED',
  backoff: 'BACKOFF',
  fatal: 'FATAL',
  lost: 'UNKNOWN',
}

type Facts = Pick<InstanceStatus, 'phase' | 'want' | 'pid'>

/** A start of it is refused with ALREADY_STARTED. */
export function isStarted({ phase }: Facts): boolean {
  const state = STATE_OF_PHASE[phase]
  return state === 'STARTING' || state === 'RUNNING' || state === 'BACKOFF'
}

/** A stop of it is not refused with NOT_RUNNING: it is started, or comes back when it has stopped. */
export function isStoppable(facts: Facts): boolean {
  const { state } = facts.want
  return isStarted(facts) || (facts.phase === 'stopping' && (state === 'up' || state === 'once'))
}

/** There is a process to signal. */
export function isSignallable({ phase, pid }: Facts): boolean {
  const state = STATE_OF_PHASE[phase]
  return pid !== null && (state === 'STARTING' || state === 'RUNNING' || state === 'STOPPING')
}
