import { uninstallService } from '../../managers/installation.ts'
import { installationPorts } from '../compose-manager.ts'
import { type CommonOptions, checkNames, forEachName, runVerb, workshopFor } from '../context.ts'

/** `uninstall NAME…`: stops, removes, leaves nothing behind. */
export function uninstall(names: readonly string[], options: CommonOptions): Promise<number> {
  return runVerb(options, async (output) => {
    checkNames(names)
    const ports = await installationPorts(await workshopFor(options))
    return forEachName(names, output, async (name) => {
      await output.progress(`uninstalling ${name}`, uninstallService(ports, name))
      return `${name} is uninstalled`
    })
  })
}
