import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchdManager } from '../../src/managers/launchd/launchd-manager.ts'
import { readMarker } from '../../src/managers/launchd/marker.ts'
import type { ServiceManager } from '../../src/managers/service-manager.ts'
import { homeOf } from '../../src/model/home.ts'
import type { CommandRunner } from '../../src/model/ports/command-runner.ts'
import type { Accounts } from '../../src/model/ports/machine.ts'
import { completeSpec, type Scope } from '../../src/model/service-spec.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { nodeCommandRunner } from '../../src/platform/command-runner.ts'
import { nodeFileSystem } from '../../src/platform/file-system.ts'
import { logFiles } from '../../src/platform/log-files.ts'
import { fakeLaunchd } from '../fakes/launchctl.ts'
import { parsePlist } from '../fakes/plist-parser.ts'
import type { ManagerSetup } from './service-manager.ts'

const UID = 501
const program = fileURLToPath(new URL('../fixtures/programs/record.mjs', import.meta.url))
const story = fileURLToPath(new URL('../fixtures/services/story.ts', import.meta.url))
const asChildOfLaunchd = fileURLToPath(
  new URL('../fixtures/programs/as-child-of-launchd.mjs', import.meta.url),
)
const NO_CHANNEL = 'launchd has no channel by which a service tells its state'

/** A launchd, and the account that asks it. */
interface LaunchdMachine {
  readonly runner: CommandRunner
  readonly self: ReturnType<Accounts['self']>
  /** Where launchd looks for plists. */
  readonly scanned: string
  /** Options by which node takes the program for a child of launchd. */
  readonly storyOptions: readonly string[]
  close(): Promise<void>
}

/** The contract's setup for launchd over its fake; real processes, in a directory of their own. */
export function launchdSetup(scope: Scope, domains: readonly string[]): LaunchdRoom {
  const root = mkdtempSync(join(tmpdir(), 'stead-launchd-'))
  const { runner, close } = fakeLaunchd(systemClock(), domains)
  return setupOn(scope, root, {
    runner,
    close,
    self: { name: 'somebody', uid: UID, home: root },
    scanned: join(root, 'Library/LaunchDaemons'),
    storyOptions: ['--import', asChildOfLaunchd],
  })
}

/** The same on the launchd of this Mac, for runners that nobody works on. */
export function realLaunchdSetup(scope: Scope): LaunchdRoom {
  const { username, uid, homedir } = userInfo()
  // macOS has its temporary directory behind a link, and programs see where it leads to.
  return setupOn(scope, realpathSync(mkdtempSync(join(tmpdir(), 'stead-launchd-'))), {
    runner: nodeCommandRunner(),
    self: { name: username, uid, home: homedir },
    scanned: scope === 'system' ? '/Library/LaunchDaemons' : join(homedir, 'Library/LaunchAgents'),
    storyOptions: [],
    close: async () => {},
  })
}

interface LaunchdRoom {
  readonly setup: ManagerSetup
  close(): Promise<void>
}

function setupOn(scope: Scope, root: string, launchd: LaunchdMachine): LaunchdRoom {
  const { scanned } = launchd
  const home = homeOf({ platform: 'darwin', scope, env: {}, userHome: root, root })
  const clock = systemClock()
  let counter = 0

  function makeManager(runner: CommandRunner = launchd.runner, privileged = true): ServiceManager {
    const accounts: Accounts = {
      userExists: async () => true,
      groupExists: async () => true,
      isPrivileged: () => privileged,
      self: () => launchd.self,
    }
    return launchdManager({
      scope,
      home,
      files: nodeFileSystem(),
      runner,
      clock,
      accounts,
      logFiles: logFiles(clock),
      paths: { scanned },
    })
  }

  const places = (name: string): string[] => [
    join(scanned, `${name}.plist`),
    join(home.state, 'launchd', `${name}.plist`),
    join(home.logs, `${name}.log`),
  ]

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
    story: (name, args, settings) =>
      completeSpec({
        name,
        file: process.execPath,
        args: [...launchd.storyOptions, story, ...args],
        protocol: 'native',
        ...settings,
      }),
    plain: (name, args, settings) =>
      completeSpec({ name, file: process.execPath, args: [program, ...args], ...settings }),
    async fingerprint(name) {
      const found = places(name).flatMap((path) => {
        const facts = statSync(path, { throwIfNoEntry: false })
        return facts === undefined
          ? []
          : path.endsWith('.log')
            ? [path]
            : [path, facts.ino, facts.mtimeMs, readFileSync(path, 'utf8')]
      })
      return found.length === 0 ? null : JSON.stringify(found)
    },
    facts: async (name) => factsOf(places(name)),
    restarts: { delay: 1_000 },
    readiness: { lack: NO_CHANNEL },
    slowStart: { lack: NO_CHANNEL },
    pausedPhase: { lack: NO_CHANNEL },
    stoppingPhase: { lack: 'launchd tells it in words only, and no number' },
    exitTime: { lack: 'launchd does not keep the time of an exit' },
    logs: true,
    account: { user: 'nobody', group: 'nogroup' },
    foreign: {
      async create(name) {
        await mkdir(scanned, { recursive: true })
        const list = `<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist version="1.0"><dict/></plist>\n`
        await writeFile(join(scanned, `${name}.plist`), list)
      },
      exists: async (name) =>
        statSync(join(scanned, `${name}.plist`), { throwIfNoEntry: false }) !== undefined,
      remove: (name) => unlink(join(scanned, `${name}.plist`)),
    },
    unprivileged:
      scope === 'system'
        ? () => makeManager(launchd.runner, false)
        : { lack: 'a user needs no right for agents of their own' },
    failing: () => makeManager(withoutPlutil(launchd.runner)),
    shutdown: { lack: 'launchd sends SIGTERM for both, and nothing that tells them apart' },
    openHandle: { lack: 'only the SCM keeps a deleted service while a handle is open' },
  }
  return {
    setup,
    async close() {
      await launchd.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

function withoutPlutil(runner: CommandRunner): CommandRunner {
  return {
    ...runner,
    async run(file, args, options) {
      if (!file.endsWith('plutil')) return runner.run(file, args, options)
      const stdout = 'made to fail'
      return { exit: { kind: 'code', code: 1 }, timedOut: false, stdout, stderr: '' }
    },
  }
}

/** What the plist says, in the spec's own units. */
function factsOf(places: readonly string[]): Record<string, unknown> {
  const path = places.find((place) => statSync(place, { throwIfNoEntry: false }) !== undefined)
  const text = readFileSync(path as string, 'utf8')
  const job = parsePlist(text) as Record<string, unknown>
  const { displayName, description, startType, startTimeout } = readMarker(text) ?? {}
  const keepAlive: unknown = job.KeepAlive
  const throttle = Number(job.ThrottleInterval) * 1_000
  return {
    displayName,
    description,
    startType,
    startTimeout,
    stopTimeout: Number(job.ExitTimeOut) * 1_000,
    'restart.when': keepAlive === true ? 'always' : keepAlive === undefined ? 'no' : 'on-failure',
    'restart.delay': throttle,
    // Starts that are at least so far apart: three of them take this long.
    'restart.limit': { count: 3, window: throttle * 3 },
    killMode: job.AbandonProcessGroup === true ? 'process' : 'mixed',
    'limits.openFiles': (job.HardResourceLimits as { NumberOfFiles?: number } | undefined)
      ?.NumberOfFiles,
    user: job.UserName,
    group: job.GroupName,
  }
}
