import { isSteadError } from '../../errors.ts'
import type { Host } from '../../model/ports/host.ts'
import { serviceName } from '../../model/service-name.ts'
import { systemClock } from '../../platform/clock.ts'
import { boundNewSpace } from '../../platform/small-heap.ts'
import { guardHome, guardScope } from '../compose-guard-home.ts'
import { composeHost } from '../compose-host.ts'
import type { ServiceGuardOptions } from '../compose-service-guard.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { keepGuard } from '../keep-guard.ts'
import { exitCodeFor } from '../output.ts'
import { tellOfCrash } from '../tell-of-crash.ts'

/** How long a guard that has answered for the last time may take to leave, and between two looks, in ms. */
const LEAVING = 10_000
const LOOK_EVERY = 50

export interface RunOptions extends CommonOptions {
  /** Nobody looks at what it prints: Windows started it at logon, or `stead start` did. */
  readonly atLogon?: boolean
}

/**
 * `run NAME`: the guard of one installed service, in this process, under its manager or in a terminal.
 * The manager is told that it is ready when the program is, and what is the matter with it; when the
 * program has ended for good, so does the guard.
 */
export function run(name: string, options: RunOptions): Promise<number> {
  return runVerb(options, async () => {
    boundNewSpace()
    const host = await hostOf(name, options)
    const off = host.kind === 'scm' ? tellOfCrash(host) : () => {}
    try {
      return await keepGuard(await composeKept(name, host, options), host)
    } catch (error) {
      // The living guard has its own end yet to come.
      if (host.kind === 'logon' && isSteadError(error, 'GUARD_RUNNING')) {
        host.log({ severity: 4, message: error.message })
        throw error
      }
      // The SCM has no other way to learn why there is no guard; it would take the end for a crash.
      // Of what starts at logon the log is all that anybody can look at.
      if (host.kind === 'scm' || host.kind === 'logon') {
        host.finish({ kind: 'code', code: exitCodeFor(error) }, (error as Error).message)
      }
      throw error
    } finally {
      off()
      await host.close()
    }
  })
}

/** What was started for a guard that is about to leave, by a start right after its end, waits for that. */
async function composeKept(name: string, host: Host, options: RunOptions) {
  const { composeServiceGuard } = await import('../compose-service-guard.ts')
  const place = await placeOf(name, options)
  const clock = systemClock()
  const end = clock.monotonic() + (host.kind === 'logon' ? LEAVING : 0)
  for (;;) {
    try {
      return await composeServiceGuard(name, host, place)
    } catch (error) {
      if (!isSteadError(error, 'GUARD_RUNNING') || clock.monotonic() >= end) throw error
      await clock.sleep(LOOK_EVERY)
    }
  }
}

async function hostOf(name: string, options: RunOptions): Promise<Host> {
  if (!options.atLogon) return composeHost(name)
  return (await import('../compose-run-keys.ts')).composeLogonHost(serviceName(name), options)
}

/** Where the guard has its things. One for all users is in nobody's home: each user's guard has its own. */
async function placeOf(name: string, options: RunOptions): Promise<ServiceGuardOptions> {
  const scope = guardScope(options.scope)
  if (!options.atLogon || scope === 'user') return { home: guardHome(options), scope }
  const { logonGuardHome, readSpecForAll } = await import('../compose-run-keys.ts')
  const readSpec = () => readSpecForAll(name)
  return { home: logonGuardHome(options), readSpec, scope: 'user' }
}
