import { SteadError } from '../../errors.ts'
import { type Context, lookUp, require } from './context.ts'
import { exitOf } from './exit-status.ts'
import { lastExitInJournal } from './journal.ts'
import { hasCode, noRight, succeeded, words } from './systemctl.ts'
import { failureOf } from './to-status.ts'
import type { UnitFacts } from './unit-facts.ts'

/** What systemd may need beyond a service's own time-out, before it is called stuck. */
const GRACE = 15_000

/** Between two looks at a job that somebody else's rights made. */
const LOOK_EVERY = 50

const NO_PERMISSION = 4

/** Starts a service, and resolves when systemd says that it runs. */
export async function start(
  context: Context,
  name: string,
  args: readonly string[] = [],
): Promise<void> {
  if (args.length > 0) {
    throw new SteadError('VERB_UNSUPPORTED', {
      name,
      action: 'give arguments to the start of',
      manager: context.manager,
      reason: 'systemd starts a service with the arguments of its unit and no others',
    })
  }
  const { facts } = await require(context, name)
  if (facts.active === 'active' || facts.active === 'reloading') return
  await startAnew(context, name, 'start', facts)
}

/** Stops a service that runs, and starts it. */
export async function restart(context: Context, name: string): Promise<void> {
  const { facts } = await require(context, name)
  await startAnew(context, name, 'restart', facts)
}

/** Stops a service, and resolves when none of its processes is left. */
export async function stop(context: Context, name: string): Promise<void> {
  const { facts } = await require(context, name)
  if ((facts.active === 'inactive' || facts.active === 'failed') && !facts.job) return
  await perform(context, name, 'stop', facts)
  const after = await lookUp(context, name)
  if (isBusy(after.facts)) {
    throw new SteadError('MANAGER_FAILED', {
      manager: context.manager,
      action: `stop ${name}`,
      detail: `it is ${after.facts.active} (${after.facts.sub})`,
    })
  }
  await cgroupEmpty(context, name, facts)
}

async function startAnew(
  context: Context,
  name: string,
  verb: 'start' | 'restart',
  before: UnitFacts,
): Promise<void> {
  // An operator's start is never refused by the limit of automatic ones. A unit that systemd does
  // not hold in memory has no count, and the command fails; that is no failure of ours.
  await context.ctl.run(['reset-failed', '--', `${name}.service`])
  const since = context.clock.wall()
  const refused = await perform(context, name, verb, before)
  const { facts } = await lookUp(context, name)
  if (refused === null && facts.active !== 'failed' && !facts.sub.startsWith('auto-restart')) return
  throw await startError(context, name, facts, refused, since)
}

async function startError(
  context: Context,
  name: string,
  facts: UnitFacts,
  refused: Refusal | null,
  since: Date,
): Promise<SteadError> {
  if (facts.result === 'timeout') {
    const seconds = (facts.startTimeout ?? 0) / 1000
    return new SteadError('START_TIMEOUT', { name, seconds })
  }
  if (refused?.code === NO_PERMISSION && facts.active === 'inactive') {
    return new SteadError('MANAGER_FAILED', {
      manager: context.manager,
      action: `start ${name}`,
      detail: 'its start type is disabled, or its unit refuses a start by hand',
      remedy: `install it again with another start type: stead install ${name} --start-type manual -- …`,
    })
  }
  return new SteadError('START_FAILED', {
    name,
    reason: await reasonOf(context, name, facts, refused, since),
  })
}

async function reasonOf(
  context: Context,
  name: string,
  facts: UnitFacts,
  refused: Refusal | null,
  since: Date,
): Promise<string> {
  const failed = facts.result !== 'success' || facts.active === 'failed'
  const exit = exitOf(facts.exitCode, facts.exitStatus)
  if (failed && exit !== null) return failureOf(facts, exit)
  // While systemd already tries again the journal alone still knows how the first attempt ended.
  const told = await lastExitInJournal(context, name)
  const fresh = told?.at != null && told.at >= since ? told.exit : null
  if (fresh !== null) return failureOf({ ...facts, result: 'exit-code' }, fresh)
  return (failed ? failureOf(facts, null) : refused?.words) || 'it ended'
}

interface Refusal {
  readonly code: number | null
  readonly words: string
}

/**
 * Runs a verb and waits for its job. Null when the job is done, else what systemctl said.
 *
 * @throws RIGHTS, MANAGER_TIMEOUT
 */
async function perform(
  context: Context,
  name: string,
  verb: 'start' | 'stop' | 'restart',
  before: UnitFacts,
): Promise<Refusal | null> {
  const { ctl, scope, accounts } = context
  const unit = ['--', `${name}.service`]
  if (scope === 'system' && !accounts.isPrivileged()) {
    // systemctl ends with the same status when it may not ask and when what it asked for fails. A
    // request that is not waited for can only fail in the first way.
    const asked = await ctl.run([verb, '--no-block', ...unit])
    if (!succeeded(asked)) throw noRight(`${verb} ${name}`, new Error(words(asked)))
    await jobEnd(context, name)
    return null
  }
  const limit = timeLimit(verb, before)
  for (;;) {
    const result = await ctl.run([verb, ...unit], limit)
    if (succeeded(result)) return null
    if (!result.timedOut) {
      const code = [1, 2, 3, 4, 5, 6, 7].find((number) => hasCode(result, number)) ?? null
      return { code, words: words(result) }
    }
    // A service that asks for more time (EXTEND_TIMEOUT_USEC) is given it by systemd; so is it here.
    const { facts } = await lookUp(context, name)
    if (!isBusy(facts)) return null
    const own = verb === 'stop' ? facts.stopTimeout : facts.startTimeout
    if (own === null || !/^(activating|deactivating)$/.test(facts.active)) {
      throw new SteadError('MANAGER_TIMEOUT', {
        manager: context.manager,
        action: `${verb} ${name}`,
        seconds: limit / 1000,
      })
    }
    if (verb === 'restart') return waitOn(context, name)
  }
}

/** Goes on waiting for a restart without asking for another one. */
async function waitOn(context: Context, name: string): Promise<null> {
  await jobEnd(context, name)
  return null
}

async function jobEnd(context: Context, name: string): Promise<void> {
  for (;;) {
    const { facts } = await lookUp(context, name)
    if (!isBusy(facts) || facts.sub.startsWith('auto-restart')) return
    await context.clock.sleep(LOOK_EVERY)
  }
}

function isBusy(facts: UnitFacts): boolean {
  return facts.job || facts.active === 'activating' || facts.active === 'deactivating'
}

function timeLimit(verb: 'start' | 'stop' | 'restart', facts: UnitFacts): number {
  const startTime = facts.startTimeout ?? 0
  // Three times: the stop itself, the final SIGTERM, and the final SIGKILL (systemd.service(5)).
  const stopTime = 3 * (facts.stopTimeout ?? 0)
  // A start waits for a stop that is under way, and for what it depends on.
  return GRACE + (verb === 'stop' ? stopTime : startTime + stopTime)
}

/**
 * systemd reports a unit as stopped although processes are left, where it does not learn that its
 * cgroup is empty (cgroup v1 in a container); the kernel's own list is asked. With the kill modes
 * `process` and `none` leaving processes behind is what was asked for.
 */
async function cgroupEmpty(context: Context, name: string, before: UnitFacts): Promise<void> {
  if (before.cgroup === null || !/^(control-group|mixed)$/.test(before.killMode)) return
  const limit = GRACE + (before.stopTimeout ?? 0)
  const end = context.clock.monotonic() + limit
  while ((await membersOf(context, before.cgroup)).length > 0) {
    if (context.clock.monotonic() > end) {
      throw new SteadError('STOP_TIMEOUT', { name, seconds: limit / 1000 })
    }
    await context.clock.sleep(LOOK_EVERY)
  }
}

/** Process ids in a cgroup: version 2, hybrid, and version 1, cgroups(7). */
async function membersOf({ files }: Context, cgroup: string): Promise<readonly string[]> {
  for (const root of ['', '/unified', '/systemd']) {
    const text = await files
      .readText(`/sys/fs/cgroup${root}${cgroup}/cgroup.procs`)
      .catch(() => null)
    if (text !== null && text.trim() !== '') return text.trim().split('\n')
  }
  return []
}
