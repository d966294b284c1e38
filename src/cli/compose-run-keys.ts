/** Guards that Windows starts at logon: how one is found, started and ended, and how it logs. */
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { GuardClient } from '../control/client.ts'
import { errorFrom, isSteadError } from '../errors.ts'
import { logonHost } from '../hosts/logon/logon-host.ts'
import { RECORD_SEAL } from '../managers/record-seal.ts'
import { guardCommand } from '../managers/run-keys/run-command.ts'
import type { Home } from '../model/home.ts'
import type { Host } from '../model/ports/host.ts'
import type { LaunchedGuard, LogonGuards } from '../model/ports/logon-guards.ts'
import { systemClock } from '../platform/clock.ts'
import { guards as registeredGuards } from '../platform/control/guard-registry.ts'
import { processSignals } from '../platform/process-events.ts'
import { rotatingFile } from '../platform/rotating-file.ts'
import { connectControl } from './compose-control.ts'
import { type GuardHomeOptions, guardHome, placesOf, recordPath } from './compose-guard-home.ts'
import { composeProcesses } from './compose-system.ts'

/** Between two looks at a guard that ends, in milliseconds. */
const LOOK_EVERY = 10

/** The conhost.exe of the system: where Windows itself is, by its own word. */
export function consoleHost(): string {
  return `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\conhost.exe`
}

/** The host of a guard that nobody looks at. */
export function composeLogonHost(name: string, options: GuardHomeOptions): Host {
  const sink = rotatingFile(join(guardHome(options).logs, `${name}.log`))
  return logonHost({ signals: processSignals(), clock: systemClock(), sink })
}

/** @param stead how stead is started: node, its options, and the file of the command */
export function logonGuards(home: Home, stead: readonly string[]): LogonGuards {
  return {
    async status(name) {
      return ask(name, async (client) => {
        const { services } = await client.status({ names: [name] })
        return services[0] ?? null
      })
    },
    launch: (name) => launch(guardCommand(name, home, stead)),
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
