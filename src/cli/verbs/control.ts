import type { ServiceManager } from '../../managers/service-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'
import { elsewhereError, ofFiles, placeNames, withGuards } from '../guard-access.ts'

export type ControlVerb = 'start' | 'stop' | 'restart' | 'pause' | 'resume' | 'reload'

export interface ControlOptions extends CommonOptions {
  /** `restart` of guarded services: one instance after the other. */
  readonly rolling?: boolean
}

const WORDS: Readonly<Record<ControlVerb, readonly [doing: string, done: string]>> = {
  start: ['starting', 'started'],
  stop: ['stopping', 'stopped'],
  restart: ['restarting', 'restarted'],
  pause: ['pausing', 'paused'],
  resume: ['resuming', 'resumed'],
  reload: ['reloading', 'reloaded'],
}

const THE_MANAGERS: ReadonlySet<ControlVerb> = new Set(['start', 'stop', 'restart'])

/**
 * `start`, `stop`, `restart`, `pause`, `resume`, `reload` of services of running guards (by name, group
 * or glob) and of the manager alike.
 */
export function control(
  verb: ControlVerb,
  names: readonly string[],
  options: ControlOptions,
  startArguments: readonly string[] = [],
): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      // A service of a manager is the manager's to start and stop, with its guard.
      const asked = THE_MANAGERS.has(verb) ? ofFiles(guards) : guards
      const { guards: placed, elsewhere } = await placeNames(names, asked)
      const { rolling = false } = options
      let code = 0
      if (placed.length > 0) {
        const { actOnGuards } = await import('./guard-control.ts')
        const acted = await actOnGuards(verb, placed, { rolling }, output)
        code = acted.code
        if (output.json) output.object({ services: acted.results })
      }
      if (elsewhere.length === 0) return code
      checkNames(elsewhere)
      const { manager } = await workshopFor(options)
      const [doing, done] = WORDS[verb]
      const managed = await forEachName(elsewhere, output, async (name) => {
        const acting = act(manager, verb, name, startArguments).catch(async (error: unknown) => {
          throw await elsewhereError(error, name, guards)
        })
        await output.progress(`${doing} ${name}`, acting)
        return `${name} is ${done}`
      })
      return code === 0 ? managed : code
    }),
  )
}

function act(
  manager: ServiceManager,
  verb: ControlVerb,
  name: string,
  startArguments: readonly string[],
): Promise<void> {
  return verb === 'start' && startArguments.length > 0
    ? manager.start(name, startArguments)
    : manager[verb](name)
}
