/** A packed program on this machine: which services run it, and what its system shows of it. */
import { basename, dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import type { InstallationPorts } from '../managers/installation.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { versionOrder } from '../model/version-order.ts'
import {
  realPath,
  type VersionPlace,
  versionPlace,
} from '../platform/update/version-directories.ts'
import type { ProgramEntry } from '../platform/win32/program-entry.ts'
import { installedSpec, installedSpecs } from '../update/switch-version.ts'

/** A service of a packed program. */
export interface UpdatedService {
  readonly spec: ServiceSpec
  readonly place: VersionPlace
  /** The directory of its version by each of its names. */
  readonly directories: readonly string[]
  /** Null for the one that was installed first, which lies in no directory of a version. */
  readonly version: string | null
  /** Directories of versions of the same program that other services run. */
  readonly ofOthers: readonly string[]
}

/** @returns null where this stead did not install it */
export async function updatedService(
  ports: Pick<InstallationPorts, 'files' | 'home'>,
  name: string,
): Promise<UpdatedService | null> {
  const spec = await installedSpec(ports, name)
  if (spec === null) return null
  const place = versionPlace(spec.file)
  const others = (await installedSpecs(ports))
    .filter((other) => other.name !== name)
    .map(({ file }) => versionPlace(file))
    .filter(({ root }) => root === place.root)
  return {
    ...{ spec, place, directories: [place.current, dirname(spec.file)] },
    version: place.current === place.root ? null : basename(place.current),
    ofOthers: others.map(({ current }) => current),
  }
}

/**
 * Whoever calls the first executable of a program that has updated itself has its path from a time before
 * that, and does not want the version of then.
 *
 * @throws VERSION_OLDER
 */
export async function requireNewest(
  ports: Pick<InstallationPorts, 'files' | 'home'>,
  name: string,
  { version }: { readonly version: string },
): Promise<void> {
  // One that cannot be read is replaced.
  const service = await updatedService(ports, name).catch(() => null)
  if (service === null || service.version === null) return
  if (versionPlace(process.execPath).root !== service.place.root) return
  if (versionOrder(version, service.version) >= 0) return
  const { spec, version: installed } = service
  throw new SteadError('VERSION_OLDER', { name, installed, executable: spec.file, version })
}

/** What Add/Remove Programs shows of a program that lies there; null where a setup did not install it. */
export async function programEntryOf(product: string, root: string): Promise<ProgramEntry | null> {
  if (process.platform !== 'win32') return null
  const { programEntry } = await import('../platform/win32/program-entry.ts')
  const entry = programEntry(product)
  return entry !== null && realPath(entry.root) === root ? entry : null
}
