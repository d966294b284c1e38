/** Joins a manager with the parts of this platform. Managers that are not asked for are never loaded. */

import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PathRules } from '../config/preflight.ts'
import { SteadError } from '../errors.ts'
import type { InstallationPorts } from '../managers/installation.ts'
import type { ServiceManager } from '../managers/service-manager.ts'
import { type Home, homeOf, logonHome } from '../model/home.ts'
import type { FileSecurity } from '../model/ports/file-security.ts'
import type { FileSystem } from '../model/ports/file-system.ts'
import type { Accounts } from '../model/ports/machine.ts'
import type { Scope } from '../model/service-spec.ts'
import type { ManagerKind } from '../model/service-status.ts'
import { systemClock } from '../platform/clock.ts'
import { nodeCommandRunner } from '../platform/command-runner.ts'
import { nodeFileSystem } from '../platform/file-system.ts'
import { packed } from '../platform/packed/facts.ts'
import { partFlag } from '../platform/packed/parts.ts'
import { binFile } from './bin-file.ts'
import { inOwnHome, localAppData } from './compose-guard-home.ts'
import { composeDirectories, composeLocks } from './compose-system.ts'

export interface ManagerChoice {
  readonly scope: Scope
  /** Null for the one of this platform. */
  readonly manager: ManagerKind | null
  /** `--home`; null leaves it to STEAD_HOME and the platform. */
  readonly home: string | null
}

/** A manager, and everything that the verbs need beside it. */
export interface Workshop {
  readonly manager: ServiceManager
  readonly home: Home
  /** Where guards of its services keep their things. */
  readonly guardHome: Home
  readonly files: FileSystem
  readonly accounts: Accounts
  /** Who may replace files; null where the manager does not ask. */
  readonly security: FileSecurity | null
  /** The command of this stead, which a service runs that needs a guard. */
  readonly stead: readonly string[]
}

const NATIVE: Readonly<Partial<Record<NodeJS.Platform, ManagerKind>>> = {
  linux: 'systemd',
  darwin: 'launchd',
  win32: 'scm',
}

/** What Windows has for one user is no service: the Run key, which it reads at logon. */
function nativeOf(platform: NodeJS.Platform, scope: Scope): ManagerKind | undefined {
  return platform === 'win32' && scope === 'user' ? 'run-key' : NATIVE[platform]
}

/** @throws PLATFORM_UNSUPPORTED where this platform has no manager that stead knows */
export async function composeManager(choice: ManagerChoice): Promise<Workshop> {
  const { platform, env } = process
  const kind = choice.manager ?? nativeOf(platform, choice.scope)
  if (kind === undefined) {
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: 'a service manager that stead knows',
      platform,
    })
  }
  const runner = nodeCommandRunner()
  const { accounts } =
    platform === 'win32'
      ? await import('../platform/win32/accounts.ts')
      : await import('../platform/posix/accounts.ts')
  const people = accounts(runner)
  const root = choice.home ?? (env.STEAD_HOME || null)
  const home = homeOf({
    platform,
    scope: choice.scope,
    env,
    // HOME is the user's own word, and the only one that costs no look-up.
    userHome: env.HOME ?? env.USERPROFILE ?? people.self().home,
    root: root === null ? null : resolve(root),
  })
  const files = nodeFileSystem()
  const parts = { scope: choice.scope, home, files, runner, accounts: people }
  const manager = await makeManager(kind, parts)
  return {
    manager: isHere(kind, platform) ? manager : elsewhere(manager),
    home,
    guardHome: guardHomeOf(kind, choice.scope, home),
    files,
    accounts: people,
    security:
      asksWhoMayWrite(kind, choice.scope) && platform === 'win32' ? await windowsSecurity() : null,
    stead: steadCommand(),
  }
}

function isHere(kind: ManagerKind, platform: NodeJS.Platform): boolean {
  return kind === NATIVE[platform] || (kind === 'run-key' && platform === 'win32')
}

/** Where guards of its services keep their things: the caller's first, then those of other users. */
export async function guardHomes({ manager, guardHome }: Workshop): Promise<readonly Home[]> {
  if (manager.kind !== 'run-key' || manager.scope === 'user') return [guardHome]
  const { logonHomesOfOthers } = await import('./compose-run-keys.ts')
  return [guardHome, ...(await logonHomesOfOthers())]
}

/** Whoever can replace what runs as somebody else acts as that account. */
function asksWhoMayWrite(kind: ManagerKind, scope: Scope): boolean {
  return kind === 'scm' || (kind === 'run-key' && scope === 'system')
}

async function windowsSecurity(): Promise<FileSecurity> {
  return (await import('../platform/win32/file-security.ts')).fileSecurity()
}

/** The manager of another platform: it plans, and that is all. */
function elsewhere(manager: ServiceManager): ServiceManager {
  return {
    ...manager,
    async requireAvailable() {
      throw new SteadError('MANAGER_UNAVAILABLE', {
        manager: manager.kind,
        reason: `this machine runs ${process.platform}`,
        remedy: 'with --manager of another platform only install --dry-run makes sense',
      })
    },
  }
}

interface Parts {
  readonly scope: Scope
  readonly home: Home
  readonly files: FileSystem
  readonly runner: ReturnType<typeof nodeCommandRunner>
  readonly accounts: Accounts
}

async function makeManager(kind: ManagerKind, parts: Parts): Promise<ServiceManager> {
  const clock = systemClock()
  switch (kind) {
    case 'systemd': {
      const [{ systemdManager }, { processes }] = await Promise.all([
        import('../managers/systemd/systemd-manager.ts'),
        import('../platform/posix/processes.ts'),
      ])
      return systemdManager({
        ...parts,
        clock,
        processes: processes(),
        env: process.env,
        stead: steadCommand(),
      })
    }
    case 'launchd': {
      const [{ launchdManager }, { logFiles }] = await Promise.all([
        import('../managers/launchd/launchd-manager.ts'),
        import('../platform/log-files.ts'),
      ])
      return launchdManager({ ...parts, clock, logFiles: logFiles(clock) })
    }
    case 'run-key':
      return startedAtLogon(parts)
    case 'scm': {
      if (parts.scope === 'user') {
        throw new SteadError('PLATFORM_UNSUPPORTED', {
          feature: 'a service of one user (--scope user without --manager starts at logon)',
          platform: 'Windows',
        })
      }
      const [{ scmManager }, { logFiles }, scm, { processes }, policy, running, events] =
        await Promise.all([
          import('../managers/scm/manager.ts'),
          import('../platform/log-files.ts'),
          import('../platform/win32/service-control.ts'),
          import('../platform/win32/processes.ts'),
          import('../platform/win32/account-rights.ts'),
          import('../platform/win32/running-programs.ts'),
          import('../platform/win32/event-sources.ts'),
        ])
      const { home, files } = parts
      return scmManager({
        home,
        files,
        clock,
        control: scm.serviceControl(),
        eventSources: events.eventSources(),
        rights: policy.accountRights(),
        logFiles: logFiles(clock),
        processes: processes(),
        programs: running.runningPrograms(),
        stead: steadService(),
      })
    }
  }
}

async function startedAtLogon({ scope, home, files }: Parts): Promise<ServiceManager> {
  const [{ runKeysManager }, { logFiles }, { logonRegistry }, logon] = await Promise.all([
    import('../managers/run-keys/run-keys-manager.ts'),
    import('../platform/log-files.ts'),
    import('../platform/win32/logon-registry.ts'),
    import('./compose-run-keys.ts'),
  ])
  const clock = systemClock()
  const program = { home, scope, stead: steadCommand() }
  const ownHome = guardHomeOf('run-key', scope, home)
  return runKeysManager({
    ...program,
    files,
    clock,
    consoleHost: logon.consoleHost(),
    registry: logonRegistry(scope),
    own: { home: ownHome, guards: logon.logonGuards(ownHome, program) },
    others: () => logon.guardsOfOthers(program),
    logFiles: logFiles(clock),
  })
}

/** Where guards of services keep their things: what starts at the logon of all has them with each user. */
function guardHomeOf(kind: ManagerKind, scope: Scope, home: Home): Home {
  return kind === 'run-key' && scope === 'system' ? logonHome(localAppData()) : home
}

/** The published package has compiled JavaScript, a checkout TypeScript. */
const COMPILED = import.meta.url.endsWith('.js')

/** How this stead is started by a manager, which has no PATH of anybody: whole paths, this node. */
function steadCommand(): readonly string[] {
  if (packed() !== null) return [process.execPath, partFlag('stead')]
  return [process.execPath, fileURLToPath(binFile('stead.js'))]
}

/** The same as a Windows service: contact with the SCM is made before anything else is loaded. */
function steadService(): readonly string[] {
  if (packed() !== null) return [process.execPath, partFlag('service')]
  const [node = process.execPath, ...rest] = steadCommand()
  const preload = new URL(`./scm-start.${COMPILED ? 'js' : 'ts'}`, import.meta.url)
  return [node, '--import', preload.href, ...rest]
}

/** What an installation needs beside the manager. */
export async function installationPorts({
  manager,
  home,
  files,
}: Workshop): Promise<InstallationPorts> {
  const { prepareHome } = await composeDirectories()
  inOwnHome(home.run, () => prepareHome(home), 'change services there')
  const { parameterDirectories } = await import('./compose-parameters.ts')
  const parameters = await parameterDirectories(home)
  return { manager, home, files, locks: await composeLocks(), clock: systemClock(), parameters }
}

/** Paths as this machine writes them, against PATH and a directory: by default the present one. */
export function pathRules(directory = '.'): PathRules {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(';') : ['']
  return {
    isAbsolute,
    resolve: (path) => resolve(directory, path),
    candidates: (word) =>
      (process.env.PATH ?? '')
        .split(delimiter)
        .filter((directory) => isAbsolute(directory))
        .flatMap((directory) => ['', ...endings].map((ending) => join(directory, word + ending)))
        .filter((path, index, all) => all.indexOf(path) === index),
  }
}
