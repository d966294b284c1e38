import type { ServiceManager } from '../../managers/service-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'

export type ControlVerb = 'start' | 'stop' | 'restart' | 'pause' | 'resume' | 'reload'

const WORDS: Readonly<Record<ControlVerb, readonly [doing: string, done: string]>> = {
  start: ['starting', 'started'],
  stop: ['stopping', 'stopped'],
  restart: ['restarting', 'restarted'],
  pause: ['pausing', 'paused'],
  resume: ['resuming', 'resumed'],
  reload: ['reloading', 'reloaded'],
}

/** `start`, `stop`, `restart`, `pause`, `resume`, `reload` of one or more services. */
export function control(
  verb: ControlVerb,
  names: readonly string[],
  options: CommonOptions,
  startArguments: readonly string[] = [],
): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames(names)
    const { manager } = await workshopFor(options)
    const [doing, done] = WORDS[verb]
    return forEachName(names, output, async (name) => {
      await output.progress(`${doing} ${name}`, act(manager, verb, name, startArguments))
      return `${name} is ${done}`
    })
  })
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
