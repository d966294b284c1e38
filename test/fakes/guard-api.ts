import { SteadError } from '../../src/errors.ts'
import { type EventLog, eventLog } from '../../src/guard/event-log.ts'
import type { AccessRule, GuardAccess } from '../../src/model/access.ts'
import type { ConfigVersion } from '../../src/model/config-version.ts'
import type { GraphService } from '../../src/model/guard-graph.ts'
import type { GuardFacts, InstanceDetail, InstanceStatus } from '../../src/model/guard-status.ts'
import {
  changedParameters,
  changeParameters,
  parameterFacts,
} from '../../src/model/parameter-change.ts'
import { readDeclarations } from '../../src/model/parameter-declaration.ts'
import type { Caller, GuardApi, Selection, VerbResult } from '../../src/model/ports/guard-api.ts'
import { completeProgram, type GuardSpec } from '../../src/model/program-spec.ts'
import { memoryEventFile } from './event-file.ts'
import { guardMetrics } from './guard-metrics.ts'

/** What every service of it has. */
const { specs: LEVEL } = readDeclarations({
  logLevel: { type: 'enum', values: ['debug', 'info'], default: 'info' },
})

const VERSION: ConfigVersion = {
  number: 1,
  at: '2026-01-01T00:00:00.000Z',
  by: 'operator uid 0',
  cause: 'apply',
  digest: 'ab'.repeat(32),
  changes: [{ service: 'svc-0', action: 'restart', settings: ['env'] }],
  outcome: 'good',
  reason: null,
}

export interface FakeGuard extends GuardApi {
  /** Every call that changes something, in order. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[]
  readonly log: EventLog
  readonly logPaths: Map<string, string>
  /** When set, `act` waits for it. */
  patience: Promise<void> | null
  /** Who may do what; nobody but its user and root unless set. */
  rules: readonly AccessRule[]
}

/** Stands for a guard that has `count` services and does nothing: `svc-0`, `svc-1`, … */
export function fakeGuard(count = 3): FakeGuard {
  const calls: FakeGuard['calls'] = []
  const log = eventLog({
    file: memoryEventFile(),
    clock: { wall: () => new Date('2026-01-01T00:00:00Z') },
    soon: (call) => void setImmediate(call),
  })
  const services = Array.from({ length: count }, (_, index) => instanceStatus(`svc-${index}`))
  const facts = (): GuardFacts => ({
    project: 'test',
    pid: process.pid,
    socket: '/run/test.sock',
    version: '0.0.0',
    since: '2026-01-01T00:00:00.000Z',
    file: null,
    event: log.newest,
  })
  const selected = ({ names, only }: Selection): InstanceStatus[] => {
    const there = services.filter(({ id }) => only?.has(id) ?? true)
    const missing = names.find((name) => !there.some(({ id }) => id === name))
    if (missing !== undefined) {
      throw new SteadError('NOT_INSTALLED', { name: missing, manager: 'the guard of test' })
    }
    return there.filter(({ id }) => names.length === 0 || names.includes(id))
  }
  const scopes = services.map(({ service }) => ({ name: service, labels: {}, groups: [] }))
  let access: GuardAccess = { rules: [], services: scopes }
  const accessFor = (rules: readonly AccessRule[]): GuardAccess => {
    if (access.rules !== rules) access = { rules, services: scopes }
    return access
  }
  const results = (selection: Selection): VerbResult[] =>
    selected(selection).map((status) => ({ id: status.id, done: true, status, error: null }))
  const note = (name: string, ...args: unknown[]): void => {
    calls.push({ name, args })
  }
  const spec: GuardSpec = {
    project: 'test',
    services: services.map(({ service }) =>
      completeProgram({ name: service, command: ['/bin/true'], cwd: '/' }),
    ),
    groups: [],
  }
  return {
    calls,
    log,
    logPaths: new Map(),
    patience: null,
    rules: [],
    facts,
    access() {
      return accessFor(this.rules)
    },
    status: (selection) => ({ guard: facts(), services: selected(selection) }),
    detail: async (id) => detailOf(selected({ names: [id] })[0] as InstanceStatus),
    usage: async (selection) => ({
      at: '2026-01-01T00:00:00.000Z',
      clock: 1_000,
      services: selected(selection).map(({ id }) => ({
        id,
        pid: 12_345,
        incarnation: 3,
        memory: 1024,
        cpu: 50,
      })),
    }),
    graph: (selection) => ({
      guard: facts(),
      services: selected(selection).map(
        ({ service, id, phase, ready, health }): GraphService => ({
          name: service,
          type: 'service',
          dependsOn: service === 'svc-1' ? { 'svc-0': 'ready' } : {},
          groups: service === 'svc-0' ? ['front'] : [],
          count: 1,
          instances: [{ id, phase, ready, health, start: null }],
        }),
      ),
    }),
    metrics: async (selection) => guardMetrics(facts(), selected(selection)),
    groups: () => [{ name: 'front', strategy: 'one_for_one', services: ['svc-0'] }],
    async act(...args) {
      note('act', ...args)
      await this.patience
      return results(args[1])
    },
    signal(...args) {
      note('signal', ...args)
      return results(args[0])
    },
    async scale(...args) {
      note('scale', ...args)
      return results({ names: [args[0]] })
    },
    async apply(...args) {
      note('apply', ...args)
      return [{ service: 'svc-0', action: 'restart', settings: ['env'] }]
    },
    versions: () => [VERSION],
    versionSources(number) {
      if (number === VERSION.number) return { '/srv/stead.yaml': 'services: {}\n' }
      throw new SteadError('VERSION_UNKNOWN', { version: number, kept: [VERSION.number] })
    },
    async rollback(...args) {
      note('rollback', ...args)
      return []
    },
    configuration: () => ({ current: spec, offered: spec }),
    async reread() {
      return []
    },
    async takeOver(...args) {
      note('takeOver', ...args)
      return []
    },
    async dismiss(...args) {
      note('dismiss', ...args)
      return []
    },
    async clearLogs(...args) {
      note('clearLogs', ...args)
      return results(args[0])
    },
    parameters: (service) => {
      selected({ names: [service] })
      return parameterFacts(LEVEL, {})
    },
    async setParameters(service, request, caller) {
      selected({ names: [service] })
      note('setParameters', service, request, caller)
      const now = new Date()
      const next = changeParameters(service, LEVEL, {}, request, { by: 'operator', now })
      return {
        service,
        changes: changedParameters(LEVEL, {}, next),
        outcomes: [{ id: service, state: 'applied' as const, reason: null }],
        parameters: parameterFacts(LEVEL, next),
      }
    },
    beat(id: string, caller: Caller) {
      selected({ names: [id] })
      note('beat', id, caller)
    },
    history: (selection) =>
      selected(selection).map(({ id }) => ({
        id,
        incarnation: 1,
        pid: 4,
        exit: { kind: 'code', code: 1 },
        startedAt: null,
        at: '2026-01-01T00:00:00.000Z',
        lived: 5,
        cause: 'itself',
      })),
    events: (since, signal) =>
      log.subscribe(() => ({ number: log.newest, services }), since, signal),
    pastEvents: (since, limit) => log.since(since, limit),
    logFiles() {
      return this.logPaths
    },
    logFile(id) {
      selected({ names: [id] })
      return this.logPaths.get(id) ?? null
    },
    async shutdown(...args) {
      note('shutdown', ...args)
    },
  }
}

function instanceStatus(id: string): InstanceStatus {
  return {
    id,
    service: id,
    instance: 1,
    want: { state: 'up', by: 'configuration', at: '2026-01-01T00:00:00.000Z' },
    phase: 'running',
    ready: true,
    health: 'healthy',
    why: 'it was started at boot and is ready',
    pid: 12_345,
    incarnation: 3,
    startedAt: '2026-01-01T00:00:00.000Z',
    next: null,
    restarts: 2,
    failures: 0,
    lastExit: {
      incarnation: 2,
      pid: 12_344,
      exit: { kind: 'signal', signal: 'SIGKILL' },
      startedAt: '2026-01-01T00:00:00.000Z',
      at: '2026-01-01T00:00:00.000Z',
      lived: 1_000,
      cause: 'itself',
    },
    recovery: { cause: 'itself', at: '2026-01-01T00:00:00.000Z', detection: 0.5, recovery: 1.5 },
    statusText: null,
    survivors: [],
  }
}

function detailOf(status: InstanceStatus): InstanceDetail {
  return {
    ...status,
    command: ['/bin/true'],
    cwd: '/',
    dependsOn: [],
    dependents: [],
    groups: [],
    labels: {},
    log: null,
    memory: 1024,
    limits: { memory: null, cpu: null, openFiles: null, processes: null, coreSize: null },
    probes: [],
    heartbeat: null,
    exits: [],
    changes: [],
  }
}
