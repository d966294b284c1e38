import { SteadError } from '../errors.ts'
import type { Home } from '../model/home.ts'
import type { InstallOutcome, Plan } from '../model/plan.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { FileSystem } from '../model/ports/file-system.ts'
import type { LockAttempt, Locks } from '../model/ports/locks.ts'
import type { Secret } from '../model/secret.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { recordStore } from './record-store.ts'
import type { ServiceManager } from './service-manager.ts'

export interface InstallationPorts {
  readonly manager: ServiceManager
  readonly home: Home
  readonly files: FileSystem
  readonly locks: Locks
  readonly clock: Clock
  /** Directories in which services of the SDK are told their parameters; left out where there are none. */
  readonly parameters?: ParameterDirectories
}

export interface ParameterDirectories {
  /** Is there, and is the service's. @param user null for whoever the manager runs it as by itself */
  prepare(service: string, user: string | null): void
  remove(service: string): void
}

export interface Installed {
  readonly outcome: InstallOutcome
  readonly plan: Plan
}

/**
 * Installs a service, or updates it in place: refuses what cannot be honoured, holds the service's
 * lock, lets the manager carry the plan out, and keeps the record. When the record cannot be kept a
 * service that was created is removed again, and one that was updated is what it was.
 *
 * @param password of the service's account, where the manager takes one; it is kept nowhere here
 * @throws UNSUPPORTED, BUSY, and what {@link ServiceManager.install} throws; nothing is half done
 */
export async function installService(
  ports: InstallationPorts,
  spec: ServiceSpec,
  password?: Secret,
): Promise<Installed> {
  const { manager, home, files, clock } = ports
  const plan = manager.plan(spec)
  refuseUnsupported(plan)
  await manager.requireAvailable()
  const outcome = await withServiceLock(ports, spec.name, async () => {
    const records = recordStore(files, home)
    // One that cannot be read is replaced.
    const before = await records.read(spec.name).catch(() => null)
    const done = await manager.install(plan, password)
    try {
      if (spec.protocol === 'native') ports.parameters?.prepare(spec.name, spec.user)
      await records.write({
        version: 1,
        manager: manager.kind,
        scope: manager.scope,
        installedAt: clock.wall().toISOString(),
        spec,
      })
    } catch (error) {
      if (done === 'created') await manager.uninstall(spec.name)
      if (done === 'updated' && before !== null) await manager.install(manager.plan(before.spec))
      throw rightsError(error, `write the record of ${spec.name} in ${home.specs}`) ?? error
    }
    // The definition of a guard is the same whatever its program is; the record is what it reads.
    const same = before === null || JSON.stringify(before.spec) === JSON.stringify(spec)
    return done === 'unchanged' && !same ? 'updated' : done
  })
  return { outcome, plan }
}

/**
 * Stops and removes a service and its record.
 *
 * @throws NOT_INSTALLED, FOREIGN, BUSY, RIGHTS
 */
export async function uninstallService(ports: InstallationPorts, name: string): Promise<void> {
  await ports.manager.requireAvailable()
  await withServiceLock(ports, name, async () => {
    await ports.manager.uninstall(name)
    await recordStore(ports.files, ports.home).remove(name)
    ports.parameters?.remove(name)
  })
}

/** Throws UNSUPPORTED when the plan names a setting that its manager cannot honour. */
export function refuseUnsupported(plan: Plan): void {
  if (plan.unsupported.length === 0) return
  throw new SteadError('UNSUPPORTED', {
    name: plan.spec.name,
    manager: plan.manager,
    settings: plan.unsupported.map(({ setting, reason }) => `${setting} (${reason})`),
  })
}

/**
 * Does something while nobody else changes the service, or what else a lock of `what` stands for.
 *
 * @throws BUSY, RIGHTS
 */
export async function withServiceLock<T>(
  { files, locks, home }: InstallationPorts,
  name: string,
  action: () => Promise<T>,
  what = name,
): Promise<T> {
  const path = `${home.run}/${what}.lock`
  const { lock, holder } = await takeLock()
  if (lock === null) {
    throw new SteadError('BUSY', {
      name,
      holder: holder === null ? 'another process' : `process ${holder}`,
    })
  }
  try {
    return await action()
  } finally {
    await lock.release()
  }

  async function takeLock(): Promise<LockAttempt> {
    try {
      await files.makeDirectory(home.run, 0o700)
      return await locks.acquire(path)
    } catch (error) {
      throw rightsError(error, `change ${name}: the lock ${path} cannot be taken`) ?? error
    }
  }
}

/** The RIGHTS error for a refusal by the file system; null for any other error. */
function rightsError(error: unknown, action: string): SteadError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return null
  return new SteadError(
    'RIGHTS',
    {
      action,
      right: 'the right to write there',
      remedy: 'run the same command as root (sudo), or with --scope user, or with --home DIR',
    },
    { cause: error },
  )
}
