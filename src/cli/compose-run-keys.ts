/** Guards that Windows starts at logon: how one is found, started and ended, and how it logs. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, win32 } from 'node:path'
import type { GuardClient } from '../control/client.ts'
import { errorFrom, isSteadError } from '../errors.ts'
import { logonHost } from '../hosts/logon/logon-host.ts'
import { RECORD_SEAL } from '../managers/record-seal.ts'
import { specForAll } from '../managers/run-keys/registration.ts'
import { guardCommand, type RunProgram } from '../managers/run-keys/run-command.ts'
import type { UserGuards } from '../managers/run-keys/run-keys-manager.ts'
import { type Home, logonHome } from '../model/home.ts'
import type { Host } from '../model/ports/host.ts'
import type { LaunchedGuard, LogonGuards } from '../model/ports/logon-guards.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { guards as registeredGuards } from '../platform/control/guard-registry.ts'
import { processSignals } from '../platform/process-events.ts'
import { rotatingFile } from '../platform/rotating-file.ts'
import { connectControl } from './compose-control.ts'
import {
  type GuardHomeOptions,
  guardHome,
  guardScope,
  localAppData,
  placesOf,
  recordPath,
} from './compose-guard-home.ts'
import { composeProcesses } from './compose-system.ts'
import { keepingEnd, readGuardEnd } from './guard-end.ts'

/** Between two looks at a guard that ends, in milliseconds. */
const LOOK_EVERY = 10

/** The conhost.exe of the system: where Windows itself is, by its own word. */
export function consoleHost(): string {
  return `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\conhost.exe`
}

/** Where this user's guard keeps its things: of what starts at the logon of all, in a place of its own. */
export function logonGuardHome(options: GuardHomeOptions): Home {
  if (guardScope(options.scope) === 'user') return guardHome(options)
  return logonHome(localAppData())
}

/** What the guard of one user reads of what starts at the logon of all. */
export async function readSpecForAll(name: string): Promise<ServiceSpec | null> {
  const { logonRegistry } = await import('../platform/win32/logon-registry.ts')
  return specForAll(logonRegistry('system'), name)
}

/** Where other users of this machine have what starts at the logon of all; to others than administrators none is there. */
export async function logonHomesOfOthers(): Promise<readonly Home[]> {
  const { userProfiles } = await import('../platform/win32/user-profiles.ts')
  const own = localAppData().toLowerCase()
  return userProfiles()
    .map((profile) => win32.join(profile, 'AppData', 'Local'))
    .filter((local) => local.toLowerCase() !== own)
    .map(logonHome)
    .filter(({ state }) => existsSync(state))
}

/** Guards of the other users of this machine. */
export async function guardsOfOthers(program: GuardProgram): Promise<readonly UserGuards[]> {
  if (program.scope === 'user') return []
  const homes = await logonHomesOfOthers()
  return homes.map((home) => ({ home, guards: logonGuards(home, program) }))
}

/** The host of a guard that nobody looks at. */
export function composeLogonHost(name: string, options: GuardHomeOptions): Host {
  const home = logonGuardHome(options)
  const sink = rotatingFile(join(home.logs, `${name}.log`))
  return keepingEnd(
    logonHost({ signals: processSignals(), clock: systemClock(), sink }),
    home,
    name,
  )
}

type GuardProgram = Pick<RunProgram, 'home' | 'scope' | 'stead'>

/** @param home of the user whose guards they are */
export function logonGuards(home: Home, program: GuardProgram): LogonGuards {
  return {
    async status(name) {
      return ask(name, async (client) => {
        const { services } = await client.status({ names: [name] })
        return services[0] ?? null
      })
    },
    lastEnd: (name) => readGuardEnd(home, name),
    launch: (name) => launch(guardCommand(name, program)),
    async act(name, verb) {
      const results = await ask(name, (client) => client.act(verb, { names: [name] }))
      const error = results?.find((one) => one.error !== null)?.error
      if (error) throw errorFrom(error)
      return results !== null
    },
    async stop(name, patience) {
      const clock = systemClock()
      const end = clock.monotonic() + patience
      const processes = await composeProcesses()
      const found = await ask(name, async (client) => {
        const { pid } = await client.facts()
        const birth = await processes.birth(pid)
        await client.shutdown({ keep: false })
        return { pid, birth }
      })
      if (found === null) return true
      const { pid, birth } = found
      while (birth !== null && (await processes.birth(pid)) === birth) {
        if (clock.monotonic() >= end) return false
        await clock.sleep(LOOK_EVERY)
      }
      return true
    },
  }

  /** Null where no guard runs; one that runs and does not answer is an error. */
  async function ask<T>(name: string, use: (client: GuardClient) => Promise<T>): Promise<T | null> {
    const { socket } = placesOf(home, name, recordPath(home, name))
    const client = connectControl(socket)
    try {
      return await use(client)
    } catch (error) {
      if (!isSteadError(error, 'GUARD_UNREACHABLE')) throw error
      const living = await registeredGuards(home, await composeProcesses())
      if (living.some((guard) => guard.socket === socket)) throw error
      return null
    } finally {
      client.close()
    }
  }
}

/** A process of its own, with no console at all: nothing of it is ever on the screen. */
function launch([file = process.execPath, ...args]: readonly string[]): LaunchedGuard {
  const { [RECORD_SEAL]: _seal, ...env } = process.env
  const child = spawn(file, args, { detached: true, stdio: 'ignore', env, cwd: homedir() })
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', (code) => resolve(code))
  })
  child.unref()
  return { ended }
}
