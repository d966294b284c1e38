/** The contract's setup for a real Service Control Manager: that of Wine, or that of a Windows. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ScmManager, scmManager } from '../../../src/managers/scm/manager.ts'
import { homeOf } from '../../../src/model/home.ts'
import type { ServiceControl } from '../../../src/model/ports/service-control.ts'
import { completeSpec } from '../../../src/model/service-spec.ts'
import { WindowsError } from '../../../src/model/windows-error.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { nodeFileSystem } from '../../../src/platform/file-system.ts'
import { logFiles } from '../../../src/platform/log-files.ts'
import { accountRights } from '../../../src/platform/win32/account-rights.ts'
import { ACCESS, advapi32 } from '../../../src/platform/win32/advapi32.ts'
import { eventSources } from '../../../src/platform/win32/event-sources.ts'
import { processes } from '../../../src/platform/win32/processes.ts'
import { runningPrograms } from '../../../src/platform/win32/running-programs.ts'
import { serviceControl } from '../../../src/platform/win32/service-control.ts'
import { scmDump, scmFacts } from '../../contract/scm-facts.ts'
import type { ManagerSetup, SpecBuilder } from '../../contract/service-manager/setup.ts'

const PRELOAD = new URL('../../../src/cli/scm-start.ts', import.meta.url).href
const STEAD = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const STORY = fileURLToPath(new URL('../../fixtures/services/story.ts', import.meta.url))
const ERROR_NO_SYSTEM_RESOURCES = 1450
const NO_FAILURE_ACTIONS = 'the SCM of Wine 8 has no failure actions'

export interface ScmSetup extends ManagerSetup {
  readonly control: ServiceControl
  readonly story: SpecBuilder
  makeManager(root?: string): ScmManager
  /** Removes what the tests wrote. */
  dispose(): void
}

export function realScmSetup(): ScmSetup {
  const folder = mkdtempSync(join(tmpdir(), 'stead-scm-'))
  const clock = systemClock()
  const known = processes()
  const writes = { count: 0 }
  const control = counting(serviceControl(), writes)
  /** Wine's lacks some things; which, is found out by asking for one of them. */
  const wine = !control.extras.has('failureActions')
  const inWine = (lack: string): { lack: string } | null => (wine ? { lack } : null)
  let counter = 0

  const makeManager = (root = join(folder, 'home'), asked = control): ScmManager =>
    scmManager({
      home: homeOf({ platform: 'win32', scope: 'system', env: {}, userHome: '', root }),
      control: asked,
      eventSources: eventSources(),
      rights: accountRights(),
      clock,
      files: nodeFileSystem(),
      logFiles: logFiles(clock),
      processes: known,
      programs: runningPrograms(),
      stead: [process.execPath, '--import', PRELOAD, STEAD],
    })

  return {
    control,
    makeManager: (root) => makeManager(root),
    newName: () => `stead-manager-${process.pid}-${++counter}`,
    tempFile(label) {
      const own = join(folder, String(++counter))
      mkdirSync(own)
      return join(own, label)
    },
    readText: (path) => readFile(path, 'utf8').catch(() => null),
    writeText: (path, text) => writeFile(path, text),
    isAlive: async (pid) => (await known.birth(pid)) !== null,
    story: (name, args, settings) =>
      completeSpec({
        name,
        file: process.execPath,
        args: ['--import', PRELOAD, STORY, ...args],
        protocol: 'native',
        restart: { when: 'no', delay: 1_000, limit: null },
        // The files of a test belong to whoever runs it, and LocalService may not read them.
        user: wine ? null : 'LocalSystem',
        ...settings,
      }),
    plain: { lack: 'a guard of stead starts them: any-program.suite.ts' },
    async fingerprint(name) {
      const dump = await scmDump(control, name)
      return dump === null ? null : `${writes.count} ${dump}`
    },
    facts: (name) => scmFacts(control, name),
    restarts: inWine(NO_FAILURE_ACTIONS) ?? { delay: 1_000 },
    readiness: true,
    slowStart: { startTimeout: 8_000, startMs: 12_000 },
    pausedPhase: true,
    stoppingPhase: true,
    exitTime: { lack: 'the SCM does not keep when a service ended' },
    logs: true,
    account: { user: 'NT AUTHORITY\\NetworkService', group: 'Users' },
    foreign: {
      create: (name) =>
        control.create(name, {
          type: 0x10,
          startType: 'demand',
          errorControl: 1,
          commandLine: `"${process.execPath}"`,
          dependencies: [],
          group: null,
          account: 'LocalSystem',
          displayName: name,
        }),
      exists: async (name) => (await control.names()).includes(name),
      remove: (name) => control.delete(name),
    },
    unprivileged: { lack: 'the tests run as an administrator; the simulated SCM has both' },
    failing: () => makeManager(undefined, failing(control)),
    shutdown: { lack: 'the tests would have to outlive the shutdown of the machine' },
    openHandle: async (name) => holdService(name),
    skip: wine ? { 'S05 story: one that ends by itself': NO_FAILURE_ACTIONS } : {},
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }),
  }
}

/** Counts what is written, so that the same written twice is seen too. */
function counting(control: ServiceControl, writes: { count: number }): ServiceControl {
  const counted =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      writes.count += 1
      return call(...args)
    }
  return {
    ...control,
    create: counted(control.create),
    change(name, config) {
      if (Object.keys(config).length > 0) writes.count += 1
      return control.change(name, config)
    },
    setExtra(name, extra, value) {
      writes.count += 1
      return control.setExtra(name, extra, value)
    },
    writeValue: counted(control.writeValue),
  }
}

function failing(control: ServiceControl): ServiceControl {
  return {
    ...control,
    async writeValue(name, key, value, data) {
      if (value === 'Environment') {
        throw new WindowsError('RegSetValueExW', ERROR_NO_SYSTEM_RESOURCES)
      }
      await control.writeValue(name, key, value, data)
    },
  }
}

/** A handle as the Services window has one, which keeps a deleted service there. */
function holdService(name: string): () => Promise<void> {
  const api = advapi32()
  const scm = api.OpenSCManagerW(null, null, ACCESS.SC_MANAGER_CONNECT)
  const service = api.OpenServiceW(scm, name, ACCESS.SERVICE_QUERY_STATUS)
  return async () => {
    api.CloseServiceHandle(service)
    api.CloseServiceHandle(scm)
  }
}
