/** What a packed program leaves on a machine beside its files, removed with its service. */
import { basename } from 'node:path'
import type { InstallationPorts } from '../managers/installation.ts'
import { homeDirectories } from '../model/home.ts'
import { removeEmpty } from '../platform/empty-directories.ts'
import { forgetVersions, versionPlace } from '../platform/update/version-directories.ts'
import { programEntryOf, updatedService } from './compose-update.ts'

/**
 * Looks, before a service is uninstalled, for what updates have added to its program.
 *
 * @param product the name it was packed by
 * @returns removes that, and the directories of stead where nothing is in them, once the service is gone;
 * tells what has to stay
 */
export async function remainsOf(
  product: string,
  ports: InstallationPorts,
  name: string,
): Promise<() => Promise<string | null>> {
  // What a damaged record is about cannot be told.
  const service = await updatedService(ports, name).catch(() => null)
  const isOurs =
    service?.spec.protocol === 'native' &&
    [product, `${product}.exe`].includes(basename(service.spec.file).toLowerCase())
  const root = isOurs ? service.place.root : null
  // A setup program has its own way to remove what it has installed, and what came after it.
  const isSetUp = root !== null && (await programEntryOf(product, root)) !== null
  return async () => {
    const running = versionPlace(process.execPath).current
    let left: readonly string[] = []
    // What other services of the program leave behind is removed by the next update.
    if (service?.ofOthers.length === 0 && root !== null && !isSetUp) {
      // Windows removes no program that runs.
      left = await forgetVersions(root, process.platform === 'win32' ? [running] : [])
    }
    await removeEmpty(homeDirectories(ports.home))
    return left.includes(running) && process.platform === 'win32'
      ? `this program runs from ${running}, which is left to be removed`
      : null
  }
}
