import { SteadError } from '../../errors.ts'
import type { ServiceManager } from '../../managers/service-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'
import { elsewhereError, ofFiles, placeNames, withGuards } from '../guard-access.ts'

export type ControlVerb = 'start' | 'stop' | 'restart' | 'pause' | 'resume' | 'reload'

export interface ControlOptions extends CommonOptions {
  /** `restart` of guarded services: one instance after the other. */
  readonly rolling?: boolean
  /** `KEY=VALUE` that services of guards have to have, all of them. */
  readonly label?: readonly string[]
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
      const { rolling = false, label = [] } = options
      const labels = labelsOf(label)
      if (names.length === 0 && label.length === 0) {
        throw new SteadError('USAGE', { problem: 'name a service, or a label with -l', verb })
      }
      const { guards: placed, elsewhere } =
        names.length === 0
          ? { guards: asked.map((guard) => ({ guard, names: [] })), elsewhere: [] }
          : await placeNames(names, asked)
      let code = 0
      if (placed.length > 0) {
        const { actOnGuards } = await import('./guard-control.ts')
        const acted = await actOnGuards(verb, placed, { rolling, labels }, output)
        code = acted.code
        if (output.json) output.object({ services: acted.results })
      }
      if (elsewhere.length === 0) return code
      for (const name of elsewhere) {
        // Managers know no globs and no instances.
        if (/[*?@]/.test(name)) {
          throw new SteadError('NOT_INSTALLED', { name, manager: 'no running guard' })
        }
      }
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

/** @throws USAGE for what is not KEY=VALUE */
function labelsOf(label: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    label.map((text) => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
      throw new SteadError('USAGE', {
        problem: `--label is KEY=VALUE, not ${JSON.stringify(text)}`,
      })
    }),
  )
}
