import { SteadError } from '../../errors.ts'
import type { ScmStatus } from '../../model/ports/service-control.ts'
import { SCM_CONTROLS } from '../../model/scm-values.ts'
import type { ScmContext } from './context.ts'
import { MANAGER, told } from './errors.ts'
import { restartsOf } from './restarts-of.ts'
import { endOf } from './to-status.ts'
import { controlTaken, PENDING, POLL, settled, timeouts } from './waiting.ts'

/** A service that fails each time it is stopped is stopped so often and no more. */
const ROUNDS = 3
/** The longest wait for a restart that is going to come. */
const LONGEST_RESTART = 60_000
/** How much later than its delay a restart may come, on a busy machine. */
const RESTART_SLACK = 1_000

/**
 * Stops a service for good. After a failure the SCM has a restart on its list that nothing takes off
 * again, and it tells nobody; so a service that failed is watched until its restart has come, and
 * stopped then, or is sure not to come.
 */
export async function stopService(context: ScmContext, name: string): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    await stopOnce(context, name)
    if (!(await startsAgain(context, name))) return
  }
  const { stopTimeout } = await timeouts(context, name)
  throw new SteadError('STOP_TIMEOUT', { name, seconds: stopTimeout / 1_000 })
}

/** Stops what runs now, and waits until its process is gone. */
export async function stopOnce(context: ScmContext, name: string): Promise<void> {
  const { control, processes } = context
  const { startTimeout, stopTimeout } = await timeouts(context, name)
  const timeout = new SteadError('STOP_TIMEOUT', { name, seconds: stopTimeout / 1_000 })
  let status = await told('stop', name, control.status(name))
  const { pid } = status
  const birth = pid === null ? null : await processes.birth(pid)
  while (status.state !== 'stopped' && status.state !== 'stop-pending') {
    const taken = await controlTaken(context, name, 'stop', SCM_CONTROLS.stop)
    if (taken) break
    // It takes no stop while it is on its way to another state.
    const next = await settled(context, name, [...PENDING], startTimeout)
    if (next === null) throw timeout
    status = next
  }
  if ((await settled(context, name, null, stopTimeout)) === null) throw timeout
  // The process reports its end a moment before it has ended.
  const deadline = context.clock.monotonic() + stopTimeout
  while (pid !== null && birth !== null && (await processes.birth(pid)) === birth) {
    if (context.clock.monotonic() > deadline) throw timeout
    await context.clock.sleep(POLL)
  }
}

/** Waits for the restart that may follow a failure; false when none comes. */
async function startsAgain(context: ScmContext, name: string): Promise<boolean> {
  const { control, clock } = context
  const delay = await restartDelay(context, name)
  if (delay === null) return false
  if (delay > LONGEST_RESTART) {
    throw new SteadError('MANAGER_FAILED', {
      manager: MANAGER,
      action: `stop ${name}`,
      detail: `it failed and may be started again within ${delay / 1_000} s, which cannot be taken back`,
      remedy: `stop it again then, or remove it: stead uninstall ${name}`,
    })
  }
  const deadline = clock.monotonic() + delay + RESTART_SLACK
  while (clock.monotonic() < deadline) {
    if ((await told('stop', name, control.status(name))).state !== 'stopped') return true
    await clock.sleep(POLL)
  }
  return false
}

/** Milliseconds from its failure to its restart; null for a service that did not fail or stays down. */
async function restartDelay({ control }: ScmContext, name: string): Promise<number | null> {
  const status: ScmStatus = await told('stop', name, control.status(name))
  if (status.state !== 'stopped' || !endOf(status).failed) return null
  const { actions } = await told('stop', name, restartsOf(control, name, status))
  const delays = actions.filter(({ type }) => type === 'restart').map(({ delay }) => delay)
  return delays.length === 0 ? null : Math.max(...delays)
}
