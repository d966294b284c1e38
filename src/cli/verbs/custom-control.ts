import { SteadError } from '../../errors.ts'
import type { ScmManager } from '../../managers/scm/manager.ts'
import type { ServiceManager } from '../../managers/service-manager.ts'
import { type CommonOptions, checkNames, runVerb, workshopFor } from '../context.ts'

/**
 * `control NAME CODE`: sends a Windows service one of its own codes, 128 to 255. What it means is the
 * service's matter: `onCustom` of the SDK, an event of the guard of any other program.
 */
export function customControl(name: string, text: string, options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames([name])
    const code = codeOf(text)
    const { manager } = await workshopFor(options)
    if (!isScm(manager)) {
      const reason = 'codes of their own are what only Windows services have'
      throw new SteadError('VERB_UNSUPPORTED', {
        name,
        action: `take control ${code}`,
        manager: manager.kind,
        reason,
      })
    }
    await output.progress(`sending ${code} to ${name}`, manager.control(name, code))
    if (output.json) output.object({ name, code })
    else output.done(`${name} got control ${code}`)
    return 0
  })
}

/** @throws USAGE for what is no code of a service's own */
export function codeOf(text: string): number {
  const code = /^\d{3}$/.test(text) ? Number(text) : Number.NaN
  if (code >= 128 && code <= 255) return code
  throw new SteadError('USAGE', {
    problem: `${JSON.stringify(text)} is not a control of a service's own: use 128 to 255`,
    verb: 'control',
  })
}

function isScm(manager: ServiceManager): manager is ScmManager {
  return manager.kind === 'scm'
}
