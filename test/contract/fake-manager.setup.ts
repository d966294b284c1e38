import { completeSpec, type Protocol } from '../../src/model/service-spec.ts'
import { systemClock } from '../../src/platform/clock.ts'
import {
  type FakeMachine,
  type FakeOptions,
  fakeMachine,
  fakeManager,
  freshService,
} from '../fakes/manager.ts'
import type { SpecBuilder } from './service-manager/setup.ts'
import type { ManagerSetup } from './service-manager.ts'

/** The contract's setup for the manager in memory; `options` make it worse than it should be. */
export function fakeManagerSetup(options: FakeOptions = {}): ManagerSetup {
  const machine: FakeMachine = fakeMachine(systemClock())
  const { files, services } = machine
  let counter = 0
  const builder =
    (protocol: Protocol): SpecBuilder =>
    (name, args, settings) =>
      completeSpec({ name, file: '/fixtures/program', args, protocol, ...settings })
  return {
    makeManager: () => fakeManager(machine, options),
    newName: () => `fake-${++counter}`,
    tempFile: (label) => `/tmp/${++counter}/${label}`,
    readText: async (path) => files.get(path) ?? null,
    writeText: async (path, text) => void files.set(path, text),
    isAlive: async (pid) => [...services.values()].some((service) => service.process?.pid === pid),
    story: builder('native'),
    plain: builder('none'),
    async fingerprint(name) {
      const service = services.get(name)
      return service === undefined ? null : JSON.stringify([service.revision, service.spec])
    },
    async facts(name) {
      const spec = services.get(name)?.spec ?? {}
      const nested = (path: string): unknown =>
        path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], spec)
      const dotted = ['restart.when', 'restart.delay', 'restart.limit']
      return { ...spec, ...Object.fromEntries(dotted.map((path) => [path, nested(path)])) }
    },
    restarts: { delay: 50 },
    readiness: true,
    slowStart: { startTimeout: 50, startMs: 300 },
    pausedPhase: true,
    stoppingPhase: true,
    exitTime: true,
    logs: true,
    account: { user: 'nobody', group: 'nogroup' },
    foreign: {
      create: async (name) => void services.set(name, freshService(null)),
      exists: async (name) => services.has(name),
      remove: async (name) => void services.delete(name),
    },
    unprivileged: () => fakeManager(machine, { ...options, privileged: false }),
    failing: () => fakeManager(machine, { ...options, failing: true }),
    async shutdown(name) {
      const service = services.get(name)
      service?.process?.signal('shutdown')
      await service?.process?.exited
    },
    openHandle: { lack: 'only the SCM keeps a deleted service while a handle is open' },
  }
}
