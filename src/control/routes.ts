import type { ControlAnswer } from '../model/ports/control-transport.ts'
import type { GuardVerb, Selection } from '../model/ports/guard-api.ts'
import { jsonAnswer } from './answers.ts'
import type { AuditReport } from './audit-verify.ts'
import { CONFIG_ROUTES } from './config-routes.ts'
import { EVENT_QUERY, eventsAnswer } from './event-answer.ts'
import {
  asked,
  count,
  flag,
  invalid,
  labels,
  names,
  neededCount,
  neededText,
  oneOf,
  selection,
  selectionOf,
} from './fields.ts'
import { LOG_QUERY, logAnswer } from './log-answer.ts'
import { metricsAnswer } from './metrics-answer.ts'
import { PARAMETER_ROUTES } from './parameter-routes.ts'
import { type Call, type Route, taking } from './route.ts'

export type { Call, ControlParts, Route } from './route.ts'

/** `VERB` of a path. */
export const VERBS: readonly string[] = [
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

const WHICH = { names, labels }
const HOW = { wait: flag(true), rolling: flag(false) }
const TO = ['leader', 'group', 'tree'] as const
const AUDIT_QUERY = [
  count('since', 0, Number.MAX_SAFE_INTEGER),
  count('limit', MAX_PAGE, MAX_PAGE),
] as const
const REMOVING = asked('removing')
const MOST_ENDS = count('limit', MAX_PAGE, MAX_PAGE * 10)

/** Every route; where two fit, the first answers. docs/reference/control-api.md has each of them. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1', needs: 'view', answer: ({ api }) => jsonAnswer(api.facts()) },
  {
    method: 'GET',
    path: '/v1/status',
    needs: 'view',
    query: [...selection, REMOVING],
    answer: ({ api, query }) =>
      jsonAnswer(api.status({ ...selectionOf(query), removing: REMOVING.read(query) })),
  },
  {
    method: 'GET',
    path: '/v1/services/ID',
    needs: 'view',
    answer: async ({ api, id }) => jsonAnswer(await api.detail(id)),
  },
  {
    method: 'GET',
    path: '/v1/services/ID/logs',
    needs: 'view',
    query: LOG_QUERY,
    answer: logAnswer,
  },
  {
    method: 'GET',
    path: '/v1/usage',
    needs: 'view',
    query: selection,
    answer: async ({ api, query }) => jsonAnswer(await api.usage(selectionOf(query))),
  },
  {
    method: 'GET',
    path: '/v1/groups',
    needs: 'view',
    answer: ({ api }) => jsonAnswer(api.groups()),
  },
  ...PARAMETER_ROUTES,
  {
    method: 'POST',
    path: '/v1/services/ID/beat',
    needs: 'view',
    ...taking({}, ({ api, id, request }) => {
      api.beat(id, request.caller)
      return jsonAnswer({})
    }),
  },
  {
    method: 'POST',
    path: '/v1/services/ID/VERB',
    needs: 'view',
    ...taking(HOW, (call, how) => act(call, { names: [call.id] }, how)),
  },
  {
    method: 'GET',
    path: '/v1/history',
    needs: 'view',
    query: [...selection, MOST_ENDS],
    answer: ({ api, query }) =>
      jsonAnswer(api.history(selectionOf(query)).slice(0, MOST_ENDS.read(query))),
  },
  {
    method: 'GET',
    path: '/v1/events',
    needs: 'view',
    query: EVENT_QUERY,
    answer: eventsAnswer,
  },
  {
    method: 'GET',
    path: '/v1/graph',
    needs: 'view',
    query: selection,
    answer: ({ api, query }) => jsonAnswer(api.graph(selectionOf(query))),
  },
  { method: 'GET', path: '/metrics', needs: 'view', query: selection, answer: metricsAnswer },
  {
    method: 'GET',
    path: '/v1/audit',
    needs: 'administer',
    query: AUDIT_QUERY,
    async answer({ trail, query }) {
      const [since, limit] = AUDIT_QUERY
      return jsonAnswer((await trail()?.entries(since.read(query), limit.read(query))) ?? [])
    },
  },
  {
    method: 'GET',
    path: '/v1/audit/verify',
    needs: 'administer',
    answer: async ({ trail }) => jsonAnswer((await trail()?.verify()) ?? NO_AUDIT),
  },
  {
    method: 'POST',
    path: '/v1/signal',
    needs: 'view',
    ...taking({ ...WHICH, signal: neededText(), to: oneOf(TO, 'leader') }, ({ api }, given) =>
      jsonAnswer(api.signal(which(given), given.signal, given.to)),
    ),
  },
  {
    method: 'POST',
    path: '/v1/scale',
    needs: 'view',
    ...taking(
      { service: neededText(), instances: neededCount(MAX_INSTANCES) },
      async ({ api, request }, { service, instances }) =>
        jsonAnswer(await api.scale(service, instances, request.caller)),
    ),
  },
  ...CONFIG_ROUTES,
  {
    method: 'POST',
    path: '/v1/shutdown',
    needs: 'view',
    ...taking({ keep: flag(false) }, async ({ api, request }, given) => {
      await api.shutdown(given, request.caller)
      return jsonAnswer({})
    }),
  },
  {
    method: 'POST',
    path: '/v1/VERB',
    needs: 'view',
    ...taking({ ...WHICH, ...HOW }, (call, given) => act(call, which(given), given)),
  },
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

/** Of a guard that notes nothing down. */
const NO_AUDIT: AuditReport = { files: 0, entries: 0, from: 0, to: 0, problems: [], torn: null }

async function act(
  { api, request, verb }: Call,
  meant: Selection,
  { wait, rolling }: { readonly wait: boolean; readonly rolling: boolean },
): Promise<ControlAnswer> {
  if (!VERBS.includes(verb)) {
    throw invalid(`${JSON.stringify(verb.slice(0, 80))} is not a verb; known: ${VERBS.join(', ')}`)
  }
  return jsonAnswer(await api.act(verb as GuardVerb, meant, request.caller, { wait, rolling }))
}

function which({
  names,
  labels,
}: {
  readonly names: readonly string[]
  readonly labels: Readonly<Record<string, string>> | undefined
}): Selection {
  return labels === undefined ? { names } : { names, labels }
}
