import { uninstallService } from '../../managers/installation.ts'
import { forgetGuardOf } from '../compose-guard-home.ts'
import { guardHomes, installationPorts } from '../compose-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'

/** `uninstall NAME…`: stops, removes, leaves nothing behind. */
export function uninstall(names: readonly string[], options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames(names)
    const workshop = await workshopFor(options)
    const ports = await installationPorts(workshop)
    return forEachName(names, output, async (name) => {
      await output.progress(`uninstalling ${name}`, uninstallService(ports, name))
      for (const home of await guardHomes(workshop)) forgetGuardOf(name, home)
      return `${name} is uninstalled`
    })
  })
}
