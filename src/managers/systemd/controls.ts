import { SteadError } from '../../errors.ts'
import type { Phase } from '../../model/service-status.ts'
import { type Context, require, type Unit } from './context.ts'
import { noRight, succeeded, words } from './systemctl.ts'
import { phaseOf } from './to-status.ts'
import type { UnitFacts } from './unit-facts.ts'

/** How long a service has to confirm what it was told. */
const CONFIRMED_WITHIN = 30_000
/** How long until it has to show that it has begun. */
const SIGN_WITHIN = 5_000
const LOOK_EVERY = 25

/** What a native service takes in each phase, as far as it is told by signals. */
const LEGAL: Partial<Record<Phase, readonly string[]>> = {
  starting: ['stop'],
  running: ['stop', 'restart', 'pause', 'reload'],
  paused: ['stop', 'restart', 'resume'],
}

/**
 * systemd itself does not know pause. A service that is built with the SDK takes SIGUSR1 as pause and
 * SIGUSR2 as resume, and says in STATUS= what it has come to; until it does, this waits.
 */
export async function pause(context: Context, name: string): Promise<void> {
  await control(context, name, {
    action: 'pause',
    signal: 'SIGUSR1',
    from: 'running',
    to: 'paused',
  })
}

export async function resume(context: Context, name: string): Promise<void> {
  await control(context, name, {
    action: 'resume',
    signal: 'SIGUSR2',
    from: 'paused',
    to: 'running',
  })
}

/**
 * A native service gets SIGHUP and answers with RELOADING=1 and READY=1; both change the time of the
 * unit's last change of state, so none is missed. Another unit is reloaded as it says itself, if it does.
 */
export async function reload(context: Context, name: string): Promise<void> {
  const unit = await requireRunning(context, name, 'reload')
  if (unit.marker?.protocol === 'native') {
    requirePhase(unit, 'reload', 'running')
    await signal(context, name, 'reload', 'SIGHUP')
    await confirmed(context, name, 'reload', unit, (facts) => {
      return facts.active === 'active' && facts.stateChange !== unit.facts.stateChange
    })
    return
  }
  if (!unit.facts.canReload) {
    throw unsupported(context, name, 'reload', 'its program does not say how; restart it instead')
  }
  const result = await context.ctl.run(['reload', '--', `${name}.service`], CONFIRMED_WITHIN)
  refuse(context, name, 'reload', result)
}

interface Transition {
  readonly action: 'pause' | 'resume'
  readonly signal: string
  readonly from: Phase
  readonly to: Phase
}

async function control(context: Context, name: string, transition: Transition): Promise<void> {
  const { action, from, to } = transition
  const unit = await requireRunning(context, name, action)
  if (unit.marker?.protocol !== 'native') {
    const reason = 'systemd does not know it, and the program is not built with the SDK'
    throw unsupported(context, name, action, reason)
  }
  requirePhase(unit, action, from)
  await signal(context, name, action, transition.signal)
  await confirmed(context, name, action, unit, (facts) => phaseOf(facts, unit.marker) === to)
}

async function requireRunning(context: Context, name: string, action: string): Promise<Unit> {
  const unit = await require(context, name)
  const phase = phaseOf(unit.facts, unit.marker)
  if (/^(stopped|fatal|backoff|waiting)$/.test(phase)) {
    throw new SteadError('NOT_RUNNING', { name, action })
  }
  return unit
}

function requirePhase({ facts, marker }: Unit, action: string, from: Phase): void {
  const phase = phaseOf(facts, marker)
  if (phase === from) return
  throw new SteadError('TRANSITION_ILLEGAL', {
    from: phase,
    action,
    legal: LEGAL[phase] ?? ['stop'],
  })
}

async function signal(
  context: Context,
  name: string,
  action: string,
  number: string,
): Promise<void> {
  const options = ['--kill-who=main', `--signal=${number}`]
  const result = await context.ctl.run(['kill', ...options, '--', `${name}.service`])
  refuse(context, name, action, result)
}

function refuse(
  context: Context,
  name: string,
  action: string,
  result: Parameters<typeof succeeded>[0],
): void {
  if (succeeded(result)) return
  if (context.scope === 'system' && !context.accounts.isPrivileged()) {
    throw noRight(`${action} ${name}`, new Error(words(result)))
  }
  const detail = words(result)
  throw new SteadError('MANAGER_FAILED', {
    manager: context.manager,
    action: `${action} ${name}`,
    detail,
  })
}

/**
 * Waits until the service has said that it is done.
 *
 * @throws NOT_RUNNING when it ends instead; VERB_UNSUPPORTED when it gives no sign at all;
 * MANAGER_FAILED when it began and went back; MANAGER_TIMEOUT
 */
async function confirmed(
  context: Context,
  name: string,
  action: string,
  before: Unit,
  done: (facts: UnitFacts) => boolean,
): Promise<void> {
  const { manager, clock } = context
  const from = phaseOf(before.facts, before.marker)
  const asked = clock.monotonic()
  let begun = false
  for (;;) {
    const { facts } = await require(context, name)
    if (done(facts)) return
    if (facts.mainPid === null) throw new SteadError('NOT_RUNNING', { name, action })
    const waited = clock.monotonic() - asked
    const back = phaseOf(facts, before.marker) === from
    if (back && begun) {
      const detail = 'the service refused it'
      const remedy = `its log has the reason: stead logs ${name} -n 50`
      throw new SteadError('MANAGER_FAILED', {
        manager,
        action: `${action} ${name}`,
        detail,
        remedy,
      })
    }
    begun ||= !back
    if (!begun && waited > SIGN_WITHIN) {
      const reason =
        'the service gave no sign of it; it does not know how, or refused (see its log)'
      throw unsupported(context, name, action, reason)
    }
    if (waited > CONFIRMED_WITHIN) {
      const seconds = CONFIRMED_WITHIN / 1000
      throw new SteadError('MANAGER_TIMEOUT', { manager, action: `${action} ${name}`, seconds })
    }
    await clock.sleep(LOOK_EVERY)
  }
}

function unsupported(context: Context, name: string, action: string, reason: string): SteadError {
  return new SteadError('VERB_UNSUPPORTED', { name, action, manager: context.manager, reason })
}
