import { errorFrom, SteadError, type ToldError } from '../errors.ts'
import type { ConfigSources, ConfigVersion } from '../model/config-version.ts'
import type { GuardEvent, GuardSnapshot } from '../model/guard-event.ts'
import type { GuardGraph } from '../model/guard-graph.ts'
import type {
  GroupFact,
  GuardFacts,
  GuardStatus,
  GuardUsage,
  InstanceDetail,
} from '../model/guard-status.ts'
import type { ParameterFact, ParameterRequest, ParameterResult } from '../model/parameter.ts'
import type { ControlConnection, ControlResponse } from '../model/ports/control-transport.ts'
import type {
  ApplyChange,
  EventGap,
  EventStream,
  GuardVerb,
  HistoryRecord,
  Selection,
  StatusSelection,
  VerbOptions,
  VerbResult,
} from '../model/ports/guard-api.ts'
import type { AuditLine } from './audit-chain.ts'
import type { AuditReport } from './audit-verify.ts'
import { decodeSentEvents } from './server-sent-events.ts'

/** A line of a log; or that lines are missing before the next. */
export type LogPiece = { readonly line: string } | { readonly missing: true }

export interface LogQuery {
  /** The newest lines that are there; default 100, or with `since` 10,000, which is the most. */
  readonly lines?: number
  /** Only lines from this time on. */
  readonly since?: Date
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/**
 * A guard, from outside of it. Errors are those that the guard threw: same code, message and hint.
 *
 * @throws GUARD_UNREACHABLE from everything here, where no guard answers
 */
export interface GuardClient {
  facts(): Promise<GuardFacts>
  status(selection?: StatusSelection): Promise<GuardStatus>
  detail(id: string): Promise<InstanceDetail>
  usage(selection?: Selection): Promise<GuardUsage>
  groups(): Promise<readonly GroupFact[]>
  graph(selection?: Selection): Promise<GuardGraph>
  /** What is measured, as text of Prometheus; as OpenMetrics where that is asked for. */
  metrics(selection?: Selection, format?: 'openmetrics' | 'prometheus'): Promise<string>
  act(verb: GuardVerb, selection: Selection, options?: VerbOptions): Promise<readonly VerbResult[]>
  signal(
    selection: Selection,
    signal: string,
    to?: 'leader' | 'group' | 'tree',
  ): Promise<readonly VerbResult[]>
  scale(service: string, instances: number): Promise<readonly VerbResult[]>
  apply(options: {
    readonly text: string | null
    readonly dryRun: boolean
    /** Milliseconds in which what changes is watched, and taken back where it fails. */
    readonly trial?: number | null
  }): Promise<readonly ApplyChange[]>
  /** Configurations that were taken, the newest last. */
  versions(): Promise<readonly ConfigVersion[]>
  versionSources(number: number): Promise<ConfigSources>
  rollback(version: number): Promise<readonly ApplyChange[]>
  /** Run-time parameters of a service. */
  parameters(service: string): Promise<readonly ParameterFact[]>
  /** @throws PARAMETERS_NONE, PARAMETER_INVALID, PARAMETER_REFUSED; nothing has changed then */
  setParameters(service: string, request: ParameterRequest): Promise<ParameterResult>
  beat(id: string): Promise<void>
  history(selection?: Selection, limit?: number): Promise<readonly HistoryRecord[]>
  /** The snapshot, and what follows; ends when the guard ends or `signal` is aborted. */
  events(since?: number | null, signal?: AbortSignal): Promise<EventStream>
  pastEvents(since: number, limit?: number): Promise<readonly GuardEvent[]>
  /** Entries of the audit log from number `since` on. */
  audit(since: number, limit?: number): Promise<readonly AuditLine[]>
  verifyAudit(): Promise<AuditReport>
  logs(id: string, query?: LogQuery): AsyncIterable<LogPiece>
  shutdown(options: { readonly keep: boolean }): Promise<void>
  close(): void
}

/** What is answered from memory is answered in milliseconds: a guard that takes longer hangs. */
const DEADLINE = 10_000
const SSE = { Accept: 'text/event-stream' }
const EVERYTHING: Selection = { names: [] }

export function guardClient(connection: ControlConnection): GuardClient {
  async function get<T>(target: string): Promise<T> {
    return valueIn<T>(await connection.request('GET', target, null, DEADLINE))
  }

  async function post<T>(target: string, body: object, deadline: number | null): Promise<T> {
    return valueIn<T>(await connection.request('POST', target, JSON.stringify(body), deadline))
  }

  return {
    facts: () => get('/v1'),
    status: ({ removing, ...selection }: StatusSelection = EVERYTHING) =>
      get(`/v1/status${queryOf(selection, removing === true ? { removing: '1' } : {})}`),
    detail: (id) => get(`/v1/services/${encodeURIComponent(id)}`),
    usage: (selection = EVERYTHING) => get(`/v1/usage${queryOf(selection)}`),
    groups: () => get('/v1/groups'),
    graph: (selection = EVERYTHING) => get(`/v1/graph${queryOf(selection)}`),
    async metrics(selection = EVERYTHING, format = 'prometheus') {
      const accept = format === 'openmetrics' ? 'application/openmetrics-text' : 'text/plain'
      const target = `/metrics${queryOf(selection)}`
      const answer = await connection.stream(target, { Accept: accept }, undefined)
      if (answer.status !== 200) throw told(answer)
      let text = ''
      for await (const part of answer.parts) text += part
      return text
    },
    act: (verb, selection, options = {}) => post(`/v1/${verb}`, { ...selection, ...options }, null),
    signal: (selection, signal, to = 'leader') =>
      post('/v1/signal', { ...selection, signal, to }, DEADLINE),
    scale: (service, instances) => post('/v1/scale', { service, instances }, null),
    apply: (options) => post('/v1/apply', options, null),
    versions: () => get('/v1/config/versions'),
    versionSources: (number) => get(`/v1/config/versions/${number}`),
    rollback: (version) => post('/v1/config/rollback', { version }, null),
    parameters: (service) => get(`/v1/services/${encodeURIComponent(service)}/parameters`),
    setParameters: (service, request) =>
      post(`/v1/services/${encodeURIComponent(service)}/parameters`, request, null),
    async beat(id) {
      await post(`/v1/services/${encodeURIComponent(id)}/beat`, {}, DEADLINE)
    },
    history: (selection = EVERYTHING, limit = 1_000) =>
      get(`/v1/history${queryOf(selection, { limit: String(limit) })}`),
    async events(since = null, signal) {
      const query = since === null ? '' : `?since=${since}`
      const answer = await connection.stream(`/v1/events${query}`, SSE, signal)
      if (answer.status !== 200) throw told(answer)
      const events = decodeSentEvents(answer.parts)
      const first = await events.next()
      if (first.done === true || first.value.event !== 'snapshot') {
        throw new SteadError('INTERNAL', { detail: 'the guard sent no snapshot' })
      }
      return {
        snapshot: JSON.parse(first.value.data) as GuardSnapshot,
        events: eventsOf(events),
      }
    },
    pastEvents: (since, limit = 1_000) => get(`/v1/events?since=${since}&limit=${limit}`),
    audit: (since, limit = 1_000) => get(`/v1/audit?since=${since}&limit=${limit}`),
    verifyAudit: async () =>
      valueIn(await connection.request('GET', '/v1/audit/verify', null, null)),
    async *logs(id, { lines, since, follow = false, signal } = {}) {
      const query = new URLSearchParams()
      if (lines !== undefined) query.set('lines', String(lines))
      if (since !== undefined) query.set('since', since.toISOString())
      if (follow) query.set('follow', '')
      const target = `/v1/services/${encodeURIComponent(id)}/logs?${query}`
      const answer = await connection.stream(target, SSE, signal)
      if (answer.status !== 200) throw told(answer)
      for await (const { event, data } of decodeSentEvents(answer.parts)) {
        if (event === 'line') yield JSON.parse(data) as { line: string }
        else if (event === 'gap') yield { missing: true }
      }
    },
    async shutdown(options) {
      await post('/v1/shutdown', options, null)
    },
    close: () => connection.close(),
  }
}

async function* eventsOf(
  sent: AsyncIterable<{ readonly event: string; readonly data: string }>,
): AsyncGenerator<GuardEvent | EventGap, void> {
  for await (const { event, data } of sent) {
    if (event === 'event') yield JSON.parse(data) as GuardEvent
    else if (event === 'gap') yield { gap: JSON.parse(data) as EventGap['gap'] }
  }
}

function queryOf({ names, labels = {} }: Selection, more: Record<string, string> = {}): string {
  const query = new URLSearchParams(more)
  for (const name of names) query.append('name', name)
  for (const [name, value] of Object.entries(labels)) query.append('label', `${name}=${value}`)
  return query.size === 0 ? '' : `?${query}`
}

function valueIn<T>(response: ControlResponse): T {
  if (response.status !== 200) throw told(response)
  return JSON.parse(response.body) as T
}

function told({ status, body }: ControlResponse): SteadError {
  try {
    const { error } = JSON.parse(body) as { error: ToldError }
    if (typeof error.code === 'string') return errorFrom(error)
  } catch {
    // Not one of our answers.
  }
  return new SteadError('INTERNAL', { detail: `the guard answered with HTTP status ${status}` })
}
