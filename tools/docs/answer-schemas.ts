import * as z from 'zod'
import type { AuditLine } from '../../src/control/audit-chain.ts'
import type { AuditReport } from '../../src/control/audit-verify.ts'
import type { ToldError } from '../../src/errors.ts'
import type { ConfigCause, ConfigOutcome, ConfigVersion } from '../../src/model/config-version.ts'
import type { Exit } from '../../src/model/exit.ts'
import type { GuardEvent, GuardSnapshot } from '../../src/model/guard-event.ts'
import type { GuardGraph, StartTimes } from '../../src/model/guard-graph.ts'
import {
  type ExitCause,
  type ExitRecord,
  type GroupFact,
  type GuardFacts,
  type GuardStatus,
  type GuardUsage,
  type Health,
  type InstanceDetail,
  type InstanceStatus,
  PROGRAM_PHASES,
  type WantFact,
} from '../../src/model/guard-status.ts'
import {
  PARAMETER_TYPES,
  type ParameterFact,
  type ParameterResult,
  type ParameterValue,
} from '../../src/model/parameter.ts'
import type { ApplyChange, HistoryRecord, VerbResult } from '../../src/model/ports/guard-api.ts'
import { DEPENDENCY_CONDITIONS } from '../../src/model/program-spec.ts'

/**
 * What a guard answers, as schemas: docs/reference/openapi.json is written from them, real answers are
 * held against that in the tests, and the compiler holds them against the types.
 */

const count = z.int().min(0)
const time = z.iso.datetime({ precision: 3 })
const pid = z.int().min(0).nullable()
const texts = z.array(z.string())

const exit: z.ZodType<Exit> = z.union([
  z.strictObject({
    kind: z.literal('code'),
    code: z.int(),
    outOfMemory: z.literal('limit').optional(),
  }),
  z.strictObject({
    kind: z.literal('signal'),
    signal: z.string(),
    coreDumped: z.boolean().optional(),
    outOfMemory: z.enum(['limit', 'machine']).optional(),
  }),
  z.strictObject({ kind: z.literal('spawn-error'), errno: z.string() }),
  z.strictObject({ kind: z.literal('unknown') }),
])

const configCause: z.ZodType<ConfigCause> = z.enum(['start', 'apply', 'file', 'remote', 'rollback'])
const configOutcome: z.ZodType<ConfigOutcome> = z.enum(['trial', 'good', 'rolled-back', 'replaced'])

const cause: z.ZodType<ExitCause> = z.enum([
  'itself',
  'stop',
  'restart',
  'start-timeout',
  'health',
  'heartbeat',
  'memory',
  'cpu',
  'schedule',
  'group',
  'dependency',
  'configuration',
  'output',
  'lost',
])
const health: z.ZodType<Health> = z.enum(['unknown', 'healthy', 'unhealthy'])
const phase = z.enum(PROGRAM_PHASES)

const want: z.ZodType<WantFact> = z.strictObject({
  state: z.enum(['up', 'once', 'down', 'hold']),
  by: z.string(),
  at: time,
})

const exitShape = {
  incarnation: count,
  pid,
  exit,
  startedAt: time.nullable(),
  at: time,
  lived: z.number(),
  cause,
}
const exitRecord: z.ZodType<ExitRecord> = z.strictObject(exitShape)

const statusShape = {
  id: z.string(),
  service: z.string(),
  instance: count,
  want,
  phase,
  ready: z.boolean(),
  reloading: z.literal(true).optional(),
  removing: z.literal(true).optional(),
  health,
  why: z.string(),
  pid,
  cgroup: z
    .strictObject({
      path: z.string().nullable(),
      controllers: texts,
      reason: z.string().nullable(),
    })
    .optional(),
  incarnation: count,
  startedAt: time.nullable(),
  next: z.strictObject({ at: time, what: z.string() }).nullable(),
  restarts: count,
  failures: count,
  lastExit: exitRecord.nullable(),
  recovery: z
    .strictObject({ cause, at: time, detection: z.number(), recovery: z.number().nullable() })
    .nullable(),
  statusText: z.string().nullable(),
  survivors: z.array(count),
}
const status: z.ZodType<InstanceStatus> = z.strictObject(statusShape)

const counts = z.strictObject({
  emitted: count,
  stored: count,
  dropped: count,
  pending: count,
  gaps: count,
  lines: count,
  rotations: count,
  trouble: z.string().nullable(),
})

const sink = z.strictObject({
  sink: z.string(),
  state: z.enum(['idle', 'up', 'down']),
  sent: count,
  lost: count,
  gaps: count,
  waiting: z.strictObject({ lines: count, bytes: count }),
  trouble: z.string().nullable(),
})

const limit = z.number().nullable()
const detail: z.ZodType<InstanceDetail> = z.strictObject({
  ...statusShape,
  command: texts,
  cwd: z.string(),
  dependsOn: z.array(z.strictObject({ name: z.string(), condition: z.string(), met: z.boolean() })),
  dependents: texts,
  needs: z
    .array(
      z.strictObject({
        need: z.string(),
        met: z.boolean().nullable(),
        how: z.string().nullable(),
      }),
    )
    .optional(),
  groups: texts,
  labels: z.record(z.string(), z.string()),
  log: z.strictObject({ file: z.string().nullable(), counts, sinks: z.array(sink) }).nullable(),
  memory: limit,
  limits: z.strictObject({
    memory: limit,
    cpu: limit,
    openFiles: limit,
    processes: limit,
    coreSize: limit,
  }),
  probes: z.array(
    z.strictObject({
      kind: z.enum(['ready', 'health']),
      target: z.string(),
      at: time.nullable(),
      ok: z.boolean().nullable(),
      took: z.number().nullable(),
      detail: z.string().nullable(),
      failures: count,
    }),
  ),
  heartbeat: z.strictObject({ lastAt: time.nullable(), missed: count }).nullable(),
  exits: z.array(exitRecord),
  changes: texts,
})

const facts: z.ZodType<GuardFacts> = z.strictObject({
  project: z.string(),
  pid: count,
  socket: z.string(),
  version: z.string(),
  since: time,
  file: z.string().nullable(),
  event: count,
  config: z
    .strictObject({
      version: count,
      at: time.nullable(),
      outcome: configOutcome,
      refused: z.strictObject({ at: time, cause: configCause, reason: z.string() }).nullable(),
    })
    .optional(),
  remote: z
    .strictObject({
      source: z.string(),
      state: z.enum(['up', 'down']),
      since: time,
      version: z.string().nullable(),
      readAt: time.nullable(),
      trouble: z.string().nullable(),
    })
    .optional(),
  outlets: z
    .array(
      z.strictObject({
        outlet: z.string(),
        state: z.enum(['idle', 'up', 'down']),
        ...{ next: count, behind: count, told: count, lost: count },
        trouble: z.string().nullable(),
      }),
    )
    .optional(),
})

const toldError: z.ZodType<ToldError> = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
})

const result: z.ZodType<VerbResult> = z.strictObject({
  id: z.string(),
  done: z.boolean(),
  status,
  error: toldError.nullable(),
})

const numbered = { number: count, at: time }
const id = z.string()
const event: z.ZodType<GuardEvent> = z.union([
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('phase'), id, from: phase, to: phase, why: z.string(), pid },
    incarnation: count,
  }),
  z.strictObject({ ...numbered, type: z.literal('ready'), id, ready: z.boolean() }),
  z.strictObject({ ...numbered, type: z.literal('health'), id, health, detail: z.string() }),
  z.strictObject({ ...numbered, type: z.literal('want'), id, want }),
  z.strictObject({
    ...numbered,
    type: z.literal('exit'),
    id,
    incarnation: count,
    pid,
    exit,
    cause,
  }),
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('recovered'), id, cause, detection: z.number(), recovery: z.number() },
  }),
  z.strictObject({ ...numbered, type: z.literal('survivors'), id, pids: z.array(count) }),
  z.strictObject({ ...numbered, type: z.enum(['added', 'removed', 'changed']), id }),
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('sink'), sink: z.string(), state: z.enum(['up', 'down']), lost: count },
    trouble: z.string().nullable(),
  }),
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('config'), version: count, outcome: configOutcome },
    reason: z.string().nullable(),
  }),
  z.strictObject({ ...numbered, type: z.literal('group'), group: z.string(), text: z.string() }),
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('parameter'), id: z.string(), name: z.string() },
    ...{ old: z.string(), value: z.string(), by: z.string(), until: time.nullable() },
    cause: z.enum(['set', 'expired', 'declaration']),
  }),
  z.strictObject({
    ...numbered,
    ...{ type: z.literal('guard'), text: z.string(), severity: z.literal([3, 4, 6]) },
  }),
])

const auditLine: z.ZodType<AuditLine> = z.strictObject({
  ...numbered,
  uid: count.nullable(),
  user: z.string().nullable(),
  pid: count.nullable(),
  command: z.string().nullable(),
  identity: z.string().optional(),
  address: z.string().optional(),
  action: z.string(),
  targets: texts,
  detail: z.record(z.string(), z.unknown()).optional(),
  result: z.enum(['asked', 'done', 'failed', 'refused']),
  of: count.optional(),
  errors: texts.optional(),
  previous: z.string(),
  hash: z.string(),
})

const report: z.ZodType<AuditReport> = z.strictObject({
  files: count,
  entries: count,
  from: count,
  to: count,
  problems: z.array(z.strictObject({ file: z.string(), line: count, problem: z.string() })),
  torn: z.strictObject({ file: z.string(), line: count }).nullable(),
})

const usage: z.ZodType<GuardUsage> = z.strictObject({
  at: time,
  clock: z.number(),
  services: z.array(
    z.strictObject({ id, pid: count, incarnation: count, memory: count, cpu: z.number() }),
  ),
})

const group: z.ZodType<GroupFact> = z.strictObject({
  name: z.string(),
  strategy: z.enum(['one_for_one', 'one_for_all', 'rest_for_one']),
  services: texts,
})

const startTimes: z.ZodType<StartTimes> = z.strictObject({
  asked: time,
  started: time.nullable(),
  ready: time.nullable(),
  healthy: time.nullable(),
  ended: time.nullable(),
})

const graph: z.ZodType<GuardGraph> = z.strictObject({
  guard: facts.nullable(),
  services: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['service', 'job']),
      dependsOn: z.record(z.string(), z.enum(DEPENDENCY_CONDITIONS)),
      groups: texts,
      count,
      instances: z.array(
        z.strictObject({ id, phase, ready: z.boolean(), health, start: startTimes.nullable() }),
      ),
    }),
  ),
})

const history: z.ZodType<HistoryRecord> = z.strictObject({ id, ...exitShape })

const change: z.ZodType<ApplyChange> = z.strictObject({
  service: z.string(),
  action: z.enum(['add', 'remove', 'restart', 'in-place', 'nothing']),
  settings: texts,
})

const configVersion: z.ZodType<ConfigVersion> = z.strictObject({
  number: count,
  at: time,
  by: z.string(),
  cause: configCause,
  digest: z.string(),
  changes: z.array(change),
  outcome: configOutcome,
  reason: z.string().nullable(),
})

const guardStatus: z.ZodType<GuardStatus> = z.strictObject({
  guard: facts,
  services: z.array(status),
})

const snapshot: z.ZodType<GuardSnapshot> = z.strictObject({
  number: count,
  services: z.array(status),
})

const parameterValue: z.ZodType<ParameterValue> = z.union([z.boolean(), z.number(), z.string()])

const parameterFact: z.ZodType<ParameterFact> = z.strictObject({
  name: z.string(),
  type: z.enum(PARAMETER_TYPES),
  description: z.string().nullable(),
  default: parameterValue,
  range: z.string(),
  value: parameterValue,
  text: z.string(),
  defaultText: z.string(),
  set: z.strictObject({ by: z.string(), at: time, until: time.nullable() }).nullable(),
})

const parameterResult: z.ZodType<ParameterResult> = z.strictObject({
  service: z.string(),
  changes: z.array(
    z.strictObject({
      name: z.string(),
      old: parameterValue,
      value: parameterValue,
      until: time.nullable(),
    }),
  ),
  outcomes: z.array(
    z.strictObject({
      id: z.string(),
      state: z.enum(['applied', 'pending']),
      reason: z.string().nullable(),
    }),
  ),
  parameters: z.array(parameterFact),
})

/** By the names that they have in the document. */
export const COMPONENTS: Readonly<Record<string, z.ZodType>> = {
  ParameterFact: parameterFact,
  ParameterResult: parameterResult,
  Exit: exit,
  ExitRecord: exitRecord,
  InstanceStatus: status,
  InstanceDetail: detail,
  GuardFacts: facts,
  GuardStatus: guardStatus,
  GuardUsage: usage,
  Group: group,
  GuardGraph: graph,
  HistoryRecord: history,
  VerbResult: result,
  ApplyChange: change,
  ConfigVersion: configVersion,
  ConfigSources: z.record(z.string(), z.string()),
  GuardEvent: event,
  GuardSnapshot: snapshot,
  AuditEntry: auditLine,
  AuditReport: report,
  Error: z.strictObject({ error: toldError }),
  Nothing: z.strictObject({}),
}
