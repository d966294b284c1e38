import { isSteadError, SteadError } from '../../errors.ts'
import type { InstanceStatus } from '../../model/guard-status.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { LogonGuards } from '../../model/ports/logon-guards.ts'
import { type ServiceSpec, SPEC_DEFAULTS } from '../../model/service-spec.ts'
import { serviceOfGuard } from '../guard-unit.ts'

/** Between two looks at a service that starts, in milliseconds; a guard answers at once. */
const LOOK_EVERY = 50

export interface LifecycleParts {
  readonly guards: LogonGuards
  readonly clock: Clock
}

/** How long a guard and its program may take, in milliseconds. */
export function patienceOf(spec: ServiceSpec | null): { start: number; stop: number } {
  const { startTimeout, stopTimeout } =
    spec === null ? SPEC_DEFAULTS : serviceOfGuard(spec, [], 'user')
  return { start: startTimeout, stop: stopTimeout }
}

/**
 * Starts the guard unless one runs, and waits until its program is ready. A program that has ended
 * with success by then is done, which is no failure.
 *
 * @throws START_FAILED, START_TIMEOUT
 */
export async function startGuard(
  { guards, clock }: LifecycleParts,
  name: string,
  patience: number,
): Promise<void> {
  const end = clock.monotonic() + patience
  let launched = false
  let ended: number | null | undefined
  let last: InstanceStatus | null = null
  for (;;) {
    // Asked before the look: a guard that ends after it has said its last word by then.
    const over = ended
    const program = await guards.status(name)
    if (program?.phase === 'running' && program.ready) return
    if (program?.phase === 'stopped' && (await startedBy(guards, name))) return
    last = program ?? last
    if (program === null && launched && over !== undefined) {
      if (over === 0) return
      throw failed(name, last, guards.lastEnd(name)?.failure ?? null, over)
    }
    // Also in the place of one that was just about to end.
    if (program === null && !launched) {
      launched = true
      last = null
      void guards.launch(name).ended.then((code) => {
        ended = code
      })
    }
    if (clock.monotonic() >= end) {
      throw new SteadError('START_TIMEOUT', { name, seconds: patience / 1_000 })
    }
    await clock.sleep(LOOK_EVERY)
  }
}

/** False where no guard runs any more, or one that is ending: another has to take its place then. */
async function startedBy(guards: LogonGuards, name: string): Promise<boolean> {
  try {
    return await guards.act(name, 'start')
  } catch (error) {
    if (isSteadError(error, 'GUARD_ENDING')) return false
    throw error
  }
}

function failed(
  name: string,
  last: InstanceStatus | null,
  failure: string | null,
  code: number | null,
): SteadError {
  const guard = code === null ? 'its guard has ended' : `its guard ended with code ${code}`
  const seen = last === null || last.phase === 'starting' ? guard : last.why
  return new SteadError('START_FAILED', { name, reason: failure ?? seen })
}

/** @throws STOP_TIMEOUT */
export async function stopGuard(
  { guards }: Pick<LifecycleParts, 'guards'>,
  name: string,
  patience: number,
): Promise<void> {
  if (await guards.stop(name, patience)) return
  throw new SteadError('STOP_TIMEOUT', { name, seconds: patience / 1_000 })
}
