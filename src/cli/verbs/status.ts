import { isActive, type ServiceStatus } from '../../model/service-status.ts'
import { type CommonOptions, checkNames, runVerb, workshopFor } from '../context.ts'

/** systemctl(1): 0 running, 3 not running, 4 no such service. */
const RUNNING = 0
const NOT_RUNNING = 3
const NO_SUCH_SERVICE = 4

/** `status NAME…`; with several names the exit code is the worst. */
export function status(names: readonly string[], options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames(names)
    const { manager } = await workshopFor(options)
    const asked = Promise.all(names.map((name) => manager.status(name)))
    // Loaded while the manager answers.
    const [found, { statusText }] = await Promise.all([asked, import('../present/status-text.ts')])
    if (output.json) output.object({ services: found })
    else if (!options.quiet)
      output.answer(found.map((one) => statusText(one, new Date(), output.colour)).join('\n\n'))
    return Math.max(...found.map(codeOf))
  })
}

function codeOf({ phase }: ServiceStatus): number {
  if (phase === 'not-installed') return NO_SUCH_SERVICE
  return isActive(phase) ? RUNNING : NOT_RUNNING
}
