import { isSteadError } from '../../errors.ts'
import type { GuardStatus, InstanceStatus } from '../../model/guard-status.ts'
import { isActive, type ServiceStatus } from '../../model/service-status.ts'
import { type CommonOptions, checkNames, runVerb, workshopFor } from '../context.ts'
import { type Connected, elsewhereError, placeNames, withGuards } from '../guard-access.ts'
import type { Output } from '../output.ts'

/** systemctl(1): 0 running, 3 not running, 4 no such service. */
const RUNNING = 0
const NOT_RUNNING = 3
const NO_SUCH_SERVICE = 4

/**
 * `status [NAME…]`: services of running guards and of the manager; without a name everything that the
 * running guards have. With several names the exit code is the worst.
 */
export function status(names: readonly string[], options: CommonOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      if (names.length === 0) return everything(guards, output)
      const { guards: placed, elsewhere } = await placeNames(names, guards)
      const guarded = await Promise.all(
        placed.map(({ guard, names: known }) =>
          guard.client.status({ names: known, removing: true }),
        ),
      )
      if (elsewhere.length === 0) return tellGuarded(guarded, [], output)
      checkNames(elsewhere)
      const { manager } = await workshopFor(options)
      let least = RUNNING
      const asked = elsewhere.map(async (name) => {
        try {
          return [await manager.status(name)]
        } catch (cause) {
          const error = await elsewhereError(cause, name, guards)
          if (!isSteadError(error, 'NOT_INSTALLED')) throw error
          output.error(error)
          least = NO_SUCH_SERVICE
          return []
        }
      })
      const managed = (await Promise.all(asked)).flat()
      const code =
        guarded.length > 0
          ? await tellGuarded(guarded, managed, output)
          : await tellManaged(managed, options, output)
      return Math.max(least, code)
    }),
  )
}

async function everything(guards: readonly Connected[], output: Output): Promise<number> {
  if (guards.length > 0) {
    const all = guards.map(({ client }) => client.status({ names: [], removing: true }))
    return tellGuarded(await Promise.all(all), [], output)
  }
  if (output.json) output.object({ guard: null, services: [] })
  else output.done('no guard runs here; start one: stead up; installed services: stead list')
  return NOT_RUNNING
}

async function tellManaged(
  found: readonly ServiceStatus[],
  options: CommonOptions,
  output: Output,
): Promise<number> {
  if (output.json) output.object({ services: found })
  else if (!options.quiet && found.length > 0) output.answer(await managedText(found, output))
  return Math.max(RUNNING, ...found.map(codeOf))
}

async function tellGuarded(
  guarded: readonly GuardStatus[],
  managed: readonly ServiceStatus[],
  output: Output,
): Promise<number> {
  const services = guarded.flatMap((one) => one.services)
  if (output.json) {
    const guards = guarded.map(({ guard }) => guard)
    const [guard = null] = guards
    output.object({
      guard,
      ...(guards.length > 1 ? { guards } : {}),
      services: [...services, ...managed],
    })
  } else {
    const { guardTable, outletTexts, remoteText } = await import('../present/guard-text.ts')
    output.done(guardTable(services, new Date(), output.colour))
    const { configNote } = await import('../present/version-text.ts')
    for (const { guard } of guarded) {
      for (const text of outletTexts(guard.outlets ?? [])) output.done(text)
      const lost = guard.remote === undefined ? null : remoteText(guard.remote)
      if (lost !== null) output.done(lost)
      const note = guard.config === undefined ? null : configNote(guard.config)
      if (note !== null) output.done(note)
    }
    if (managed.length > 0) output.done(await managedText(managed, output))
  }
  return Math.max(RUNNING, ...services.map(guardedCodeOf), ...managed.map(codeOf))
}

async function managedText(found: readonly ServiceStatus[], output: Output): Promise<string> {
  const { statusText } = await import('../present/status-text.ts')
  return found.map((one) => statusText(one, new Date(), output.colour)).join('\n\n')
}

function codeOf({ phase }: ServiceStatus): number {
  if (phase === 'not-installed') return NO_SUCH_SERVICE
  return isActive(phase) ? RUNNING : NOT_RUNNING
}

/** A job that has done its work is as it should be, and so is what goes. */
function guardedCodeOf({ phase, lastExit, removing }: InstanceStatus): number {
  if (removing === true) return RUNNING
  const done = phase === 'exited' && lastExit?.exit.kind === 'code' && lastExit.exit.code === 0
  const living = ['running', 'starting', 'waiting', 'stopping', 'paused'].includes(phase)
  return living || done ? RUNNING : NOT_RUNNING
}
