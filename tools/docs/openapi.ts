import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Route } from '../../src/control/route.ts'
import { ROUTES, VERBS } from '../../src/control/routes.ts'
import { COMPONENTS } from './answer-schemas.ts'

type Json = Record<string, unknown>

/** What a route answers with 200: the name of a component, a list of it, or another kind of content. */
interface Answer {
  readonly schema?: Json
  readonly others?: Readonly<Record<string, string>>
}

const one = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const many = (name: string): Json => ({ type: 'array', items: one(name) })
const STREAM = 'text/event-stream'

const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /v1': { schema: one('GuardFacts') },
  'GET /v1/status': { schema: one('GuardStatus') },
  'GET /v1/services/ID': { schema: one('InstanceDetail') },
  'GET /v1/services/ID/logs': {
    others: { 'text/plain': 'its lines', [STREAM]: 'events `line` and `gap`' },
  },
  'GET /v1/usage': { schema: one('GuardUsage') },
  'GET /v1/groups': { schema: many('Group') },
  'GET /v1/services/ID/parameters': { schema: many('ParameterFact') },
  'POST /v1/services/ID/parameters': { schema: one('ParameterResult') },
  'POST /v1/services/ID/beat': { schema: one('Nothing') },
  'POST /v1/services/ID/VERB': { schema: many('VerbResult') },
  'GET /v1/history': { schema: many('HistoryRecord') },
  'GET /v1/events': {
    schema: many('GuardEvent'),
    others: { [STREAM]: 'events `snapshot` (GuardSnapshot), `event` (GuardEvent) and `gap`' },
  },
  'GET /v1/graph': { schema: one('GuardGraph') },
  'GET /metrics': {
    others: {
      'text/plain': 'the text format of Prometheus',
      'application/openmetrics-text': 'OpenMetrics 1.0',
    },
  },
  'GET /v1/audit': { schema: many('AuditEntry') },
  'GET /v1/audit/verify': { schema: one('AuditReport') },
  'POST /v1/signal': { schema: many('VerbResult') },
  'POST /v1/scale': { schema: many('VerbResult') },
  'POST /v1/apply': { schema: many('ApplyChange') },
  'GET /v1/config/versions': { schema: many('ConfigVersion') },
  'GET /v1/config/versions/NUMBER': { schema: one('ConfigSources') },
  'POST /v1/config/rollback': { schema: many('ApplyChange') },
  'POST /v1/shutdown': { schema: one('Nothing') },
  'POST /v1/VERB': { schema: many('VerbResult') },
  'POST /RPC2': { others: { 'text/xml': 'an answer of XML-RPC' } },
  'GET /logtail/PROCESS': { others: { 'text/plain': 'its log, as it grows' } },
  'GET /logtail/PROCESS/STREAM': { others: { 'text/plain': 'its log, as it grows' } },
  'GET /mainlogtail': { others: { 'text/plain': 'events as lines, as they come' } },
}

/** docs/reference/openapi.json: the routes with what they check, and what they answer. */
export function openapiDocument(): string {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const paths: Record<string, Json> = {}
  for (const route of ROUTES) {
    const path = documentPath(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'The control API of a guard',
      version,
      description:
        'HTTP on a unix socket or a named pipe; docs/reference/control-api.md says more.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://stead', description: 'any host: the socket is the address' }],
    paths,
    components: { schemas: componentSchemas() },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Places of a path as the document has them: `/v1/services/{id}`. */
export function documentPath(path: string): string {
  return path.replace(PLACE, (_, word: string) => `/{${word.toLowerCase()}}`)
}

const PLACE = /\/([A-Z]+)(?=\/|$)/g

function operationOf(route: Route): Json {
  const { method, path, needs, body } = route
  const name = `${method} ${path}`
  const words = `${method.toLowerCase()}${path.replace('/v1', '')}`.split(/[^A-Za-z0-9]+/)
  return {
    operationId: words.filter(Boolean).join('-').toLowerCase(),
    summary: SUMMARIES.get(name) ?? name,
    'x-stead-needs': needs,
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: bodySchema(body) } } } }),
    responses: {
      '200': { description: 'done', content: contentOf(ANSWERS[name] ?? {}) },
      default: {
        description: 'an error in words',
        content: { 'application/json': { schema: one('Error') } },
      },
    },
  }
}

function parametersOf({ path, query = [] }: Route): Json[] {
  const places = [...path.matchAll(PLACE)].map(([, word]) => (word as string).toLowerCase())
  return [
    ...places.map((name) => ({
      ...{ name, in: 'path', required: true },
      schema: { type: 'string', ...(name === 'verb' ? { enum: VERBS } : {}) },
    })),
    ...query.map(({ name, schema }) => ({ name, in: 'query', schema })),
  ]
}

function bodySchema(body: NonNullable<Route['body']>): Json {
  const fields = Object.entries(body)
  const required = fields.flatMap(([name, { needed }]) => (needed === true ? [name] : []))
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

function contentOf({ schema, others = {} }: Answer): Json {
  return {
    ...(schema === undefined ? {} : { 'application/json': { schema } }),
    ...Object.fromEntries(
      Object.entries(others).map(([type, description]) => [
        type,
        { schema: { type: 'string', description } },
      ]),
    ),
  }
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]),
  )
}

/** The first sentence of each section of the reference. */
const SUMMARIES = new Map(
  readFileSync(new URL('../../docs/reference/control-api.md', import.meta.url), 'utf8')
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = '', , text = ''] = section.split('\n')
      return [title, (/^.*?[.;](?= |$)/.exec(text)?.[0] ?? text).replace(/;$/, '.')] as const
    }),
)
