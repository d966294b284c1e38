/** The guard of one installed service, out of what was recorded of it. */
import { homedir } from 'node:os'
import { windowsStop } from '../config/windows-stop.ts'
import { SteadError } from '../errors.ts'
import { programOf } from '../managers/guard-unit.ts'
import { RECORD_SEAL, recordSeal } from '../managers/record-seal.ts'
import { recordStore } from '../managers/record-store.ts'
import type { Home } from '../model/home.ts'
import type { Host } from '../model/ports/host.ts'
import { isSealed } from '../model/ports/secret-opener.ts'
import { serviceName } from '../model/service-name.ts'
import type { Scope, ServiceSpec } from '../model/service-spec.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { composeGuard } from './compose-guard.ts'
import { recordPath } from './compose-guard-home.ts'
import { keyFileOf, openOrThrow, secretOpener } from './compose-secrets.ts'

/** There the account of the service is that of its guard: nobody becomes another without a password. */
const IS_WINDOWS = process.platform === 'win32'
/** As managers have it: systemd.exec(5), WorkingDirectory=; the SCM starts services in System32. */
const START = IS_WINDOWS ? `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32` : '/'

export interface ServiceGuardOptions {
  /** Where the guard keeps its things, and finds the record. */
  readonly home: Home
  /** Reads what is installed where there is no record of it in that home. */
  readonly readSpec?: (() => Promise<ServiceSpec | null>) | null
  /** By which the program has a directory to start in. */
  readonly scope: Scope
}

/**
 * A guard that is ready to start.
 *
 * @throws NAME_INVALID, NOT_INSTALLED, FILE_UNREADABLE, RIGHTS, GUARD_RUNNING
 */
export function composeServiceGuard(
  name: string,
  host: Host,
  { home, readSpec: readRecorded = null, scope }: ServiceGuardOptions,
) {
  serviceName(name)
  const path = recordPath(home, name)
  const directory = scope === 'system' ? START : (process.env.HOME ?? homedir())
  return composeGuard({
    path,
    file: host.kind === 'console' ? path : null,
    home,
    async readSpec(given) {
      if (given !== null) {
        const problem = `${name} is an installed service: change it with stead install -f FILE`
        throw new SteadError('USAGE', { problem, verb: 'install' })
      }
      const recorded = readRecorded === null ? ((await read())?.spec ?? null) : await readRecorded()
      if (recorded === null) throw new SteadError('NOT_INSTALLED', { name, manager: 'stead' })
      const { env, user } = recorded
      const spec = { ...recorded, env: opened(env, home), user: IS_WINDOWS ? null : user }
      const program = programOf(spec, home, directory, host.startArguments)
      const stop = IS_WINDOWS ? windowsStop(program.stop) : program.stop
      // The record has them sealed.
      const sources = { [path]: JSON.stringify(recorded) }
      return { spec: { project: name, services: [{ ...program, stop }], groups: [] }, sources }
    },
  })

  async function read() {
    try {
      const record = await recordStore(nodeFileSystem(), home).read(name)
      const seal = process.env[RECORD_SEAL]
      if (record !== null && seal !== undefined && recordSeal(record.spec) !== seal) {
        const reason = `it is not the record that was installed; start the service again after an update, or else look at who has changed it, and install it again: stead install ${name} …`
        throw new SteadError('FILE_UNREADABLE', { path, reason })
      }
      return record
    } catch (cause) {
      if (cause instanceof SteadError) throw cause
      throw new SteadError('FILE_UNREADABLE', { path, reason: (cause as Error).message }, { cause })
    }
  }
}

/** The record keeps values sealed; the program gets them open. @throws SECRET_REFUSED */
function opened(env: ServiceSpec['env'], home: Home): ServiceSpec['env'] {
  const open = secretOpener(keyFileOf(home))
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      isSealed(value) ? openOrThrow(open, value, ['env', name]) : value,
    ]),
  )
}
