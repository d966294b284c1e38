import type { Permission } from '../model/access.ts'
import type { Audit, AuditEntry } from '../model/ports/audit.ts'
import type { ControlAnswer, ControlRequest } from '../model/ports/control-transport.ts'
import type { GuardApi, GuardVerb } from '../model/ports/guard-api.ts'
import type { LogFiles } from '../model/ports/log-files.ts'
import type { Access } from './access.ts'
import { jsonAnswer } from './answers.ts'
import type { AuditTrail } from './audit-trail.ts'
import { bodyFields, countOf, invalid, selectionOf } from './body-fields.ts'
import { eventsAnswer } from './event-answer.ts'
import { logAnswer } from './log-answer.ts'
import { metricsAnswer } from './metrics-answer.ts'
import type { RpcMachine } from './supervisor/method.ts'

export interface ControlParts {
  readonly api: GuardApi
  readonly logs: LogFiles
  readonly access: Access
  readonly audit: Audit
  /** Null where nothing is noted down. */
  readonly trail: AuditTrail | null
  readonly machine: RpcMachine
}

/** A request whose route is known. */
export interface Call {
  /**
   * What the guard does for this caller: it sees its services alone, changes are refused or noted in
   * the audit log. A route has no other way to the guard.
   */
  readonly api: GuardApi
  readonly logs: LogFiles
  /** As `Access` has them, for this caller. */
  readonly may: (permission: Permission, service?: string | null) => boolean
  /** @throws RIGHTS */
  readonly authorise: (
    permission: Permission,
    services: readonly string[] | null,
    action: string,
  ) => void
  readonly audit: (entry: Omit<AuditEntry, 'caller'>) => number
  /** The audit log, for those who may administer everything. @throws RIGHTS */
  readonly trail: () => AuditTrail | null
  readonly machine: RpcMachine
  readonly request: ControlRequest
  readonly query: URLSearchParams
  /** What stands in the path where the route has `ID`; empty where it has none. */
  readonly id: string
  /** What stands there for `VERB`. */
  readonly verb: string
  /** What stands there for any other word in capitals. */
  readonly place: (word: string) => string
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Words in capitals, such as `ID` and `VERB`, stand for what a request names. */
  readonly path: string
  /**
   * Whoever has it for no service at all is refused before anything is looked at. What is done to
   * which services is judged by `api`, where it is done.
   */
  readonly needs: Permission
  readonly answer: (call: Call) => ControlAnswer | Promise<ControlAnswer>
}

const VERBS: readonly string[] = [
  'start',
  'stop',
  'restart',
  'reload',
  'pause',
  'resume',
  'once',
  'hold',
] satisfies readonly GuardVerb[]

const MAX_INSTANCES = 10_000
const MAX_PAGE = 1_000
const MAX_YAML = 1024 * 1024

/** Every route; where two fit, the first answers. docs/reference/control-api.md has each of them. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1', needs: 'view', answer: ({ api }) => jsonAnswer(api.facts()) },
  {
    method: 'GET',
    path: '/v1/status',
    needs: 'view',
    answer: ({ api, query }) => jsonAnswer(api.status(selectionOf(query))),
  },
  {
    method: 'GET',
    path: '/v1/services/ID',
    needs: 'view',
    answer: async ({ api, id }) => jsonAnswer(await api.detail(id)),
  },
  { method: 'GET', path: '/v1/services/ID/logs', needs: 'view', answer: logAnswer },
  {
    method: 'GET',
    path: '/v1/usage',
    needs: 'view',
    answer: async ({ api, query }) => jsonAnswer(await api.usage(selectionOf(query))),
  },
  {
    method: 'GET',
    path: '/v1/groups',
    needs: 'view',
    answer: ({ api }) => jsonAnswer(api.groups()),
  },
  {
    method: 'POST',
    path: '/v1/services/ID/beat',
    needs: 'view',
    answer({ api, id, request }) {
      bodyFields(request.body, [])
      api.beat(id, request.caller)
      return jsonAnswer({})
    },
  },
  {
    method: 'POST',
    path: '/v1/services/ID/VERB',
    needs: 'view',
    answer: (call) => act(call, [call.id]),
  },
  { method: 'GET', path: '/v1/history', needs: 'view', answer: history },
  {
    method: 'GET',
    path: '/v1/events',
    needs: 'view',
    answer: (call) => eventsAnswer(call, MAX_PAGE),
  },
  { method: 'GET', path: '/metrics', needs: 'view', answer: metricsAnswer },
  { method: 'GET', path: '/v1/audit', needs: 'administer', answer: audit },
  { method: 'GET', path: '/v1/audit/verify', needs: 'administer', answer: verify },
  { method: 'POST', path: '/v1/signal', needs: 'view', answer: signal },
  { method: 'POST', path: '/v1/scale', needs: 'view', answer: scale },
  { method: 'POST', path: '/v1/apply', needs: 'view', answer: apply },
  { method: 'POST', path: '/v1/shutdown', needs: 'view', answer: shutdown },
  { method: 'POST', path: '/v1/VERB', needs: 'view', answer: (call) => act(call, null) },
  // supervisor's XML-RPC and what supervisorctl reads beside it; loaded when somebody asks.
  {
    method: 'POST',
    path: '/RPC2',
    needs: 'view',
    answer: async (call) => (await import('./supervisor/rpc-answer.ts')).rpcAnswer(call),
  },
  {
    method: 'GET',
    path: '/logtail/PROCESS',
    needs: 'view',
    answer: async (call) => (await import('./supervisor/follow-answer.ts')).logTail(call),
  },
  {
    method: 'GET',
    path: '/logtail/PROCESS/STREAM',
    needs: 'view',
    answer: async (call) => (await import('./supervisor/follow-answer.ts')).logTail(call),
  },
  {
    method: 'GET',
    path: '/mainlogtail',
    needs: 'view',
    answer: async (call) => (await import('./supervisor/follow-answer.ts')).mainLogTail(call),
  },
]

async function act(
  { api, request, verb }: Call,
  id: readonly string[] | null,
): Promise<ControlAnswer> {
  if (!VERBS.includes(verb)) {
    throw invalid(`${JSON.stringify(verb.slice(0, 80))} is not a verb; known: ${VERBS.join(', ')}`)
  }
  const own = id === null ? ['names', 'labels'] : []
  const fields = bodyFields(request.body, [...own, 'wait', 'rolling'])
  const labels = id === null ? fields.labels : undefined
  const selection = { names: id ?? fields.names, ...(labels === undefined ? {} : { labels }) }
  const options = { wait: fields.flag('wait', true), rolling: fields.flag('rolling', false) }
  return jsonAnswer(await api.act(verb as GuardVerb, selection, request.caller, options))
}

function history({ api, query }: Call): ControlAnswer {
  const limit = countOf(query, 'limit', MAX_PAGE, MAX_PAGE * 10)
  return jsonAnswer(api.history(selectionOf(query)).slice(0, limit))
}

async function audit({ trail, query }: Call): Promise<ControlAnswer> {
  const since = countOf(query, 'since', 0, Number.MAX_SAFE_INTEGER)
  const limit = countOf(query, 'limit', MAX_PAGE, MAX_PAGE)
  return jsonAnswer((await trail()?.entries(since, limit)) ?? [])
}

async function verify({ trail }: Call): Promise<ControlAnswer> {
  return jsonAnswer((await trail()?.verify()) ?? null)
}

function signal({ api, request }: Call): ControlAnswer {
  const fields = bodyFields(request.body, ['names', 'labels', 'signal', 'to'])
  const to = fields.text('to') ?? 'leader'
  if (to !== 'leader' && to !== 'group' && to !== 'tree') {
    throw invalid('to must be leader, group or tree')
  }
  const { names, labels } = fields
  const selection = { names, ...(labels === undefined ? {} : { labels }) }
  return jsonAnswer(api.signal(selection, fields.needText('signal'), to))
}

async function scale({ api, request }: Call): Promise<ControlAnswer> {
  const fields = bodyFields(request.body, ['service', 'instances'])
  const instances = fields.needCount('instances', MAX_INSTANCES)
  return jsonAnswer(await api.scale(fields.needText('service'), instances, request.caller))
}

async function apply({ api, request }: Call): Promise<ControlAnswer> {
  const fields = bodyFields(request.body, ['text', 'dryRun'])
  const options = {
    text: fields.text('text', MAX_YAML) ?? null,
    dryRun: fields.flag('dryRun', false),
  }
  return jsonAnswer(await api.apply(options, request.caller))
}

async function shutdown({ api, request }: Call): Promise<ControlAnswer> {
  const keep = bodyFields(request.body, ['keep']).flag('keep', false)
  await api.shutdown({ keep }, request.caller)
  return jsonAnswer({})
}

export interface Found {
  readonly route: Route
  readonly id: string
  readonly verb: string
  readonly place: (word: string) => string
}

/** The route of a request and what it names; 404 where there is none, 405 where another method has one. */
export function routeOf(method: string, path: string): Found | 404 | 405 {
  const parts = path.split('/')
  let status: 404 | 405 = 404
  for (const route of ROUTES) {
    const pattern = PATTERNS.get(route) as readonly string[]
    if (pattern.length !== parts.length) continue
    if (!pattern.every((word, at) => word === parts[at] || isPlace(word))) continue
    if (route.method === method) {
      const place = (word: string): string => decoded(parts[pattern.indexOf(word)] ?? '')
      return { route, id: place('ID'), verb: place('VERB'), place }
    }
    // What is no verb is nothing, whatever method it is asked with.
    const verb = parts[pattern.indexOf('VERB')]
    if (verb === undefined || VERBS.includes(verb)) status = 405
  }
  return status
}

const PATTERNS = new Map(ROUTES.map((route) => [route, route.path.split('/')]))

function isPlace(word: string): boolean {
  return /^[A-Z]+$/.test(word)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('the path has a percent sign that begins no byte')
  }
}
