import { isSteadError, SteadError } from '../errors.ts'
import { type InstallationPorts, installService } from '../managers/installation.ts'
import { recordStore } from '../managers/record-store.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { isActive, type ServiceStatus } from '../model/service-status.ts'

/** Milliseconds between two looks at a version on trial. */
const LOOK_EVERY = 250

export interface VersionSwitch {
  /** What is installed now. */
  readonly before: { readonly version: string; readonly spec: ServiceSpec }
  readonly after: { readonly version: string; readonly spec: ServiceSpec }
  /** Milliseconds that the new version has to do well, from when it is ready. */
  readonly trial: number
  /** Asked at the end of the trial: why it is not healthy, or null. */
  readonly unhealthy: (() => Promise<string | null>) | null
}

/**
 * Puts one version of an installed service in the place of another. One that runs is started anew and
 * watched: when it does not start, ends, is started again by its manager, or is not healthy at the end
 * of its trial, the version before is put back and started. One that does not run is only exchanged.
 *
 * @returns whether the new version was started
 * @throws UPDATE_ROLLED_BACK, UPDATE_STUCK; RIGHTS, BUSY and the like before anything was changed
 */
export async function switchVersion(
  ports: InstallationPorts,
  { before, after, trial, unhealthy }: VersionSwitch,
): Promise<boolean> {
  const { manager, clock } = ports
  const { name } = before.spec
  const wasActive = isActive((await manager.status(name)).phase)
  await installService(ports, after.spec)
  if (!wasActive) return false
  try {
    await manager.restart(name)
    const problem = await onTrial()
    if (problem === null) return true
    return await goBack(problem)
  } catch (error) {
    if (isSteadError(error) && error.code.startsWith('UPDATE_')) throw error
    return goBack((error as Error).message, error)
  }

  /** What went wrong, or null. It may need a while to be healthy, and has to be at the end. */
  async function onTrial(): Promise<string | null> {
    const { pid } = await manager.status(name)
    const end = clock.monotonic() + trial
    for (;;) {
      const problem = whatIsWrong(await manager.status(name), pid)
      const rest = end - clock.monotonic()
      if (problem !== null || rest <= 0) return problem ?? unhealthy?.() ?? null
      await clock.sleep(Math.min(LOOK_EVERY, rest))
    }
  }

  async function goBack(reason: string, cause?: unknown): Promise<never> {
    const facts = { name, version: after.version, before: before.version }
    try {
      await installService(ports, before.spec)
      await manager.restart(name)
    } catch (error) {
      const both = `${(error as Error).message}; it was taken back because of: ${reason}`
      throw new SteadError('UPDATE_STUCK', { ...facts, reason: both }, { cause: error })
    }
    throw new SteadError('UPDATE_ROLLED_BACK', { ...facts, reason }, { cause })
  }
}

function whatIsWrong({ phase, pid, restarts, why, lastExit }: ServiceStatus, first: number | null) {
  const because = why ?? (lastExit === null ? null : lastExit.exit.kind)
  if (!isActive(phase) || phase === 'stopping')
    return `it is ${phase}${because === null ? '' : `: ${because}`}`
  if ((restarts ?? 0) > 0 || (first !== null && pid !== null && pid !== first))
    return 'it ended, and was started again by its manager'
  return null
}

/** Every service that was installed from this home. @throws FILE_UNREADABLE for a record that is damaged */
export async function installedSpecs({
  files,
  home,
}: Pick<InstallationPorts, 'files' | 'home'>): Promise<readonly ServiceSpec[]> {
  const records = recordStore(files, home)
  const names = (await files.names(home.specs))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
  const found = await Promise.all(names.map((name) => records.read(name)))
  return found.flatMap((record) => (record === null ? [] : [record.spec]))
}

/** What was asked for when the service was installed; null where this stead did not install it. */
export async function installedSpec(
  { files, home }: Pick<InstallationPorts, 'files' | 'home'>,
  name: string,
): Promise<ServiceSpec | null> {
  return (await recordStore(files, home).read(name))?.spec ?? null
}
