import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forgetGuardOf } from '../../src/cli/compose-guard-home.ts'
import { logonGuards } from '../../src/cli/compose-run-keys.ts'
import { composeDirectories, composeLocks } from '../../src/cli/compose-system.ts'
import { serviceLog } from '../../src/cli/service-log.ts'
import { installService, uninstallService } from '../../src/managers/installation.ts'
import { recordStore } from '../../src/managers/record-store.ts'
import { RUN_KEY, readRegistration } from '../../src/managers/run-keys/registration.ts'
import { runKeysManager } from '../../src/managers/run-keys/run-keys-manager.ts'
import type { ServiceManager } from '../../src/managers/service-manager.ts'
import { homeOf } from '../../src/model/home.ts'
import type { LogonRegistry } from '../../src/model/ports/logon-registry.ts'
import { completeSpec, type ServiceSpec } from '../../src/model/service-spec.ts'
import { WindowsError } from '../../src/model/windows-error.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { nodeFileSystem } from '../../src/platform/file-system.ts'
import { logFiles } from '../../src/platform/log-files.ts'
import { simulatedLogonRegistry } from '../fakes/logon-registry.ts'
import type { ManagerSetup } from './service-manager.ts'

const stead = fileURLToPath(new URL('../../bin/stead.js', import.meta.url))
const program = fileURLToPath(new URL('../fixtures/programs/record.mjs', import.meta.url))
const NATIVE = 'a program that starts at logon has nobody to speak a native protocol to'

const ERROR_NO_SYSTEM_RESOURCES = 1450

/**
 * The contract's setup for what starts at logon: the registry is a fake, the guards that its values
 * start are real processes of this machine. The real registry is asked in test/e2e/wine/run-keys.suite.ts.
 */
export function runKeysSetup(): { readonly setup: ManagerSetup; close(): void } {
  const root = mkdtempSync(join(tmpdir(), 'stead-run-keys-'))
  const registry = simulatedLogonRegistry()
  const home = homeOf({ platform: 'linux', scope: 'user', env: {}, userHome: root, root })
  const command = { home, scope: 'user', stead: [process.execPath, stead] } as const
  const files = nodeFileSystem()
  const clock = systemClock()
  const records = recordStore(files, home)
  let counter = 0

  /** With the use case around it: what a guard keeps stands in the record. */
  function makeManager(asked: LogonRegistry = registry): ServiceManager {
    const manager = runKeysManager({
      ...command,
      files,
      clock,
      consoleHost: '/conhost',
      registry: asked,
      own: { home, guards: logonGuards(home, command) },
      others: async () => [],
      logFiles: logFiles(clock),
    })
    const ports = async () => {
      ;(await composeDirectories()).prepareHome(home)
      return { manager, home, files, clock, locks: await composeLocks() }
    }
    return {
      ...manager,
      install: async (plan) => (await installService(await ports(), plan.spec)).outcome,
      async uninstall(name) {
        await uninstallService(await ports(), name)
        forgetGuardOf(name, home)
      },
      logs: (name, query) => serviceLog({ manager, guardHome: home }, name, query),
    }
  }

  const setup: ManagerSetup = {
    makeManager: () => makeManager(),
    newName: () => `stead-contract-${++counter}`,
    tempFile: (label) => join(root, `${++counter}-${label}`),
    readText: (path) => readFile(path, 'utf8').catch(() => null),
    writeText: (path, text) => writeFile(path, text),
    async isAlive(pid) {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    },
    story: { lack: NATIVE },
    plain: (name, args, settings) =>
      completeSpec({ name, file: process.execPath, args: [program, ...args], ...settings }),
    async fingerprint(name) {
      const found = readRegistration(registry, name)
      const kept = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
        (path) => /^(specs|state|run|logs)/.test(path) && path.includes(name),
      )
      const spec = (await records.read(name))?.spec ?? null
      const isNothing = found.mark === null && found.value === null && kept.length === 0
      return isNothing ? null : JSON.stringify([found, spec, kept])
    },
    facts: async (name) => factsOf((await records.read(name))?.spec as ServiceSpec),
    restarts: { delay: 50 },
    readiness: { lack: NATIVE },
    slowStart: { lack: NATIVE },
    pausedPhase: true,
    stoppingPhase: true,
    exitTime: true,
    logs: true,
    account: { user: 'nobody', group: 'nogroup' },
    foreign: {
      create: async (name) => registry.write(RUN_KEY, name, 'C:\\other.exe'),
      exists: async (name) => registry.read(RUN_KEY, name) !== null,
      remove: async (name) => registry.remove(RUN_KEY, name),
    },
    unprivileged: { lack: 'a user needs no right for their own Run key' },
    failing: () => makeManager(refusing(registry)),
    shutdown: { lack: 'a logoff ends it as Windows ends every program' },
    skip: { 'S11 a program that is not native': 'its guard can pause every program' },
    openHandle: { lack: 'only the SCM keeps a deleted service while a handle is open' },
  }
  return { setup, close: () => rmSync(root, { recursive: true, force: true }) }
}

/** The last write of a mark fails. */
function refusing(registry: LogonRegistry): LogonRegistry {
  return {
    ...registry,
    write(key, name, text) {
      if (name === 'command') throw new WindowsError('RegSetValueExW', ERROR_NO_SYSTEM_RESOURCES)
      registry.write(key, name, text)
    },
  }
}

/** What the guard reads, keyed as in a service file. */
function factsOf({ restart, limits, windows, ...spec }: ServiceSpec): Record<string, unknown> {
  const inside = (name: string, map: object) =>
    Object.entries(map).map(([key, value]) => [`${name}.${key}`, value])
  return {
    ...spec,
    ...Object.fromEntries([
      ...inside('restart', restart),
      ...inside('limits', limits),
      ...inside('windows', windows),
    ]),
  }
}
