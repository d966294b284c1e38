import { scmManager } from '../../src/managers/scm/manager.ts'
import { homeOf } from '../../src/model/home.ts'
import type { Clock } from '../../src/model/ports/clock.ts'
import type { ServiceControl } from '../../src/model/ports/service-control.ts'
import { completeSpec, type Protocol } from '../../src/model/service-spec.ts'
import { WindowsError } from '../../src/model/windows-error.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { SIMULATED_EXECUTABLE, type SimulatedScm, simulatedScm } from '../fakes/simulated-scm.ts'
import { scmFacts } from './scm-facts.ts'
import type { SpecBuilder } from './service-manager/setup.ts'
import type { ManagerSetup } from './service-manager.ts'

const ERROR_NO_SYSTEM_RESOURCES = 1450
/** How the simulated stead is started. */
export const SIMULATED_STEAD = [
  SIMULATED_EXECUTABLE,
  '--import',
  'file:///C:/stead/scm-start.js',
  'C:\\stead\\stead.js',
]

/** A manager over the simulated Windows, asked through `control`. */
export function simulatedManager(
  scm: SimulatedScm,
  control: ServiceControl = scm.control,
  root: string | null = null,
  clock: Clock = systemClock(),
) {
  return scmManager({
    home: homeOf({ platform: 'win32', scope: 'system', env: {}, userHome: 'C:\\Users\\me', root }),
    control,
    eventSources: scm.eventSources,
    rights: scm.rights,
    clock,
    files: {
      makeDirectory: async () => {},
      remove: async (path) => scm.files.delete(path),
    },
    logFiles: scm.logFiles,
    processes: scm.processes,
    programs: scm.programs,
    stead: SIMULATED_STEAD,
  })
}

/** The service's environment cannot be written, the third step of an installation. */
export function failingControl(control: ServiceControl): ServiceControl {
  return {
    ...control,
    async writeValue(name, key, value, data) {
      if (value === 'Environment')
        throw new WindowsError('RegSetValueExW', ERROR_NO_SYSTEM_RESOURCES)
      await control.writeValue(name, key, value, data)
    },
  }
}

export function simulatedScmSetup(scm: SimulatedScm = simulatedScm(systemClock())): ManagerSetup {
  const { control, files, services } = scm
  let counter = 0
  const builder =
    (protocol: Protocol): SpecBuilder =>
    (name, args, settings) =>
      completeSpec({ name, file: SIMULATED_EXECUTABLE, args, protocol, ...settings })
  const foreign = {
    type: 0x10,
    startType: 'demand',
    errorControl: 1,
    commandLine: 'C:\\foreign.exe',
    dependencies: [],
    group: null,
    account: 'LocalSystem',
  } as const
  return {
    makeManager: () => simulatedManager(scm),
    newName: () => `simulated-${++counter}`,
    tempFile: (label) => `C:\\Temp\\${++counter}\\${label}`,
    readText: async (path) => files.get(path) ?? null,
    writeText: async (path, text) => void files.set(path, text),
    isAlive: async (pid) => (await scm.processes.birth(pid)) !== null,
    story: builder('native'),
    plain: { lack: 'a guard of stead starts them, which is a process of its own' },
    async fingerprint(name) {
      await control.names()
      const service = services.get(name)
      if (service === undefined) return null
      const { revision, config, extras, values } = service
      const source = scm.eventSources.sources.get(name)
      return JSON.stringify([revision, config, extras, [...values], source])
    },
    facts: (name) => scmFacts(control, name),
    restarts: { delay: 50 },
    readiness: true,
    slowStart: { startTimeout: 100, startMs: 400 },
    pausedPhase: true,
    stoppingPhase: true,
    exitTime: { lack: 'the SCM does not keep when a service ended' },
    logs: true,
    account: { user: 'NT AUTHORITY\\NetworkService', group: 'Users' },
    foreign: {
      create: (name) => control.create(name, { ...foreign, displayName: name }),
      exists: async (name) => services.has(name),
      remove: (name) => control.delete(name),
    },
    unprivileged: () => simulatedManager(scm, scm.ordinary),
    failing: () => simulatedManager(scm, failingControl(control)),
    async shutdown(name) {
      const service = services.get(name)
      const exited = service?.process?.exited
      service?.shutdown()
      await exited
    },
    openHandle: async (name) => {
      const close = scm.hold(name)
      return async () => close()
    },
  }
}
