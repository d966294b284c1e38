import { type InstallationPorts, uninstallService } from '../../managers/installation.ts'
import { forgetGuardOf } from '../compose-guard-home.ts'
import { guardHomes, installationPorts } from '../compose-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'

/** Looks for what else there is of a service; what it returns removes that, and tells what has to stay. */
export type Remains = (
  ports: InstallationPorts,
  name: string,
) => Promise<() => Promise<string | null>>

/** `uninstall NAME…`: stops, removes, leaves nothing behind. */
export function uninstall(
  names: readonly string[],
  options: CommonOptions,
  remains: Remains = async () => async () => null,
): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames(names)
    const workshop = await workshopFor(options)
    const ports = await installationPorts(workshop)
    return forEachName(names, output, async (name) => {
      const removeRemains = await remains(ports, name)
      await output.progress(`uninstalling ${name}`, uninstallService(ports, name))
      for (const home of await guardHomes(workshop)) forgetGuardOf(name, home)
      const note = await removeRemains()
      return `${name} is uninstalled${note === null ? '' : `; ${note}`}`
    })
  })
}
