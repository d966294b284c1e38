import { SteadError } from '../errors.ts'
import type { GuardVerb } from '../model/ports/guard-api.ts'
import { type Instance, isLive } from './instance.ts'

/** A program that says nothing about its readiness has to live so long for a start to be told as done. */
export const PROOF_OF_LIFE = 250

/**
 * What has come of a verb: `done`, a failure, or null while it is under way.
 *
 * @param since the incarnation that lived when it was asked
 */
export function outcomeOf(
  verb: GuardVerb,
  instance: Instance,
  since: number,
  now: number,
): 'done' | SteadError | null {
  switch (verb) {
    case 'stop':
    case 'hold':
      // It was stopped, and somebody has started it since.
      return instance.state.incarnation > since ? 'done' : stopOutcome(instance)
    case 'pause':
      return instance.state.phase === 'paused' ? 'done' : ended(instance)
    case 'resume':
      return instance.state.phase === 'running' ? 'done' : ended(instance)
    case 'reload':
      return reloadOutcome(instance, since)
    case 'start':
    case 'once':
      return startOutcome(instance, now)
    case 'restart':
      return instance.state.incarnation > since || !isLive(instance)
        ? startOutcome(instance, now)
        : null
  }
}

function reloadOutcome({ state, spec, id }: Instance, since: number): 'done' | SteadError | null {
  if (spec.reload.kind === 'restart') return 'done'
  const { reload, phase, why, incarnation } = state
  const isThatLife = phase === 'running' && incarnation === since
  if (isThatLife && reload === null) return 'done'
  if (reload === null || !isThatLife)
    return new SteadError('NOT_RUNNING', { name: id, action: 'reload' })
  return reload.state === 'overdue'
    ? new SteadError('VERB_TIMEOUT', { name: id, verb: 'reload', why })
    : null
}

function stopOutcome(instance: Instance): 'done' | SteadError | null {
  const { survivors, phase } = instance.state
  if (phase === 'fatal' && survivors.length > 0) {
    return new SteadError('SURVIVORS', {
      name: instance.id,
      pids: survivors.join(', '),
      first: survivors[0] ?? 0,
    })
  }
  return isLive(instance) ? null : 'done'
}

function startOutcome(instance: Instance, now: number): 'done' | SteadError | null {
  const { state, nextSpec } = instance
  const { phase, why, want } = state
  if (phase === 'running') {
    if (nextSpec.ready !== null || state.settled) return 'done'
    return now - (state.startedAt ?? now) >= PROOF_OF_LIFE ? 'done' : null
  }
  if (phase === 'paused') {
    const legal = ['resume', 'restart', 'stop']
    return new SteadError('TRANSITION_ILLEGAL', { from: phase, action: 'start', legal })
  }
  if (phase === 'waiting' && state.inVain) {
    return new SteadError('START_FAILED', { name: instance.id, reason: why })
  }
  if (phase === 'exited' && state.lastExit?.kind === 'code' && state.lastExit.code === 0) {
    return 'done'
  }
  if (want.state === 'down' || want.state === 'hold') {
    const reason = `it was stopped meanwhile by ${want.by}`
    return new SteadError('START_FAILED', { name: instance.id, reason })
  }
  if (phase === 'fatal' || phase === 'exited' || phase === 'backoff' || phase === 'lost') {
    return new SteadError('START_FAILED', { name: instance.id, reason: why })
  }
  return null
}

function ended(instance: Instance): SteadError | null {
  return isLive(instance)
    ? null
    : new SteadError('NOT_RUNNING', { name: instance.id, action: 'go on' })
}

/** A job that will do nothing more by itself. */
export function isOver({ spec, state }: Instance): boolean {
  return spec.type === 'job' && ['exited', 'fatal', 'lost'].includes(state.phase)
}

/** What the end of a guard tells of. */
export function hasFailed({ state, spec }: Instance): boolean {
  if (state.phase === 'fatal' || state.phase === 'lost') return true
  const { lastExit } = state
  return (
    state.phase === 'exited' &&
    spec.type === 'job' &&
    !(lastExit?.kind === 'code' && lastExit.code === 0)
  )
}
