import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { routeOf } from '../../../src/control/find-route.ts'
import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../../../src/model/ports/control-transport.ts'
import { documentPath } from '../../../tools/docs/openapi.ts'

type Json = Record<string, unknown>
interface Operation {
  readonly responses: Readonly<Record<string, { content: Record<string, { schema: Json }> }>>
}

const page = new URL('../../../docs/reference/openapi.json', import.meta.url)
const document = JSON.parse(
  readFileSync(page, 'utf8').replaceAll('#/components/schemas/', '#/$defs/'),
) as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json> }
}
const schemas = new Map<Json, z.ZodType>()

/** A handler whose every answer is held against the OpenAPI document, as it stands in the docs. */
export function documented(handler: ControlHandler, problems: string[]): ControlHandler {
  return (request) => {
    const look = (answer: ControlAnswer): ControlAnswer => {
      problems.push(...problemsOf(request, answer))
      return answer
    }
    const answer = handler(request)
    return answer instanceof Promise ? answer.then(look) : look(answer)
  }
}

/** What of an answer the document does not say. */
export function problemsOf(
  { method, target }: Pick<ControlRequest, 'method' | 'target'>,
  answer: ControlAnswer,
): string[] {
  const found = routeWithin(method, target.split('?')[0] as string)
  const { content } =
    (answer.status === 200 ? found?.responses['200'] : undefined) ??
    (DEFAULT as Operation['responses'][string])
  const type = answer.type.split(';')[0] as string
  const schema = content[type]?.schema
  const name = `${method} ${target.slice(0, 100)} (${answer.status}, ${type})`
  if (schema === undefined) return [`${name}: not in the document`]
  if (!('body' in answer) || type !== 'application/json') return []
  const parsed = schemaOf(schema).safeParse(JSON.parse(answer.body))
  if (parsed.success) return []
  return [`${name}: ${z.prettifyError(parsed.error)}\n${answer.body.slice(0, 1_000)}`]
}

const DEFAULT = document.paths['/v1']?.get?.responses.default

function routeWithin(method: string, path: string): Operation | undefined {
  let found: ReturnType<typeof routeOf>
  try {
    found = routeOf(method, path)
  } catch {
    return undefined
  }
  if (typeof found === 'number') return undefined
  return document.paths[documentPath(found.route.path)]?.[method.toLowerCase()]
}

function schemaOf(schema: Json): z.ZodType {
  const known = schemas.get(schema)
  if (known !== undefined) return known
  const made = z.fromJSONSchema({ ...schema, $defs: document.components.schemas } as never)
  schemas.set(schema, made)
  return made
}
