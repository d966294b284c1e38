import { parse } from 'yaml'
import * as z from 'zod'
import { guardSchema } from '../../src/config/guard-schema.ts'

/** The part of JSON Schema that describes settings here. */
export interface SettingSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly SettingSchema[]
  readonly items?: SettingSchema
  readonly properties?: Readonly<Record<string, SettingSchema>>
  readonly additionalProperties?: boolean | SettingSchema
  /** YAML, as src/config/described.ts has them. */
  readonly example?: string
  readonly fallback?: string
}

/** The schema of stead.yaml, with examples and defaults still as one writes them. */
export function guardSettings(): SettingSchema {
  return z.toJSONSchema(guardSchema, { io: 'input', unrepresentable: 'any' }) as SettingSchema
}

/** docs/reference/stead.schema.json: what editors complete and check stead.yaml by. */
export function guardSchemaFile(): string {
  const { $schema, ...schema } = forEditors(guardSettings()) as Record<string, unknown>
  const titled = { $schema, title: 'stead.yaml: the programs that a guard keeps', ...schema }
  return `${JSON.stringify(titled, null, 2)}\n`
}

export function forEditors(schema: SettingSchema): object {
  const { example, fallback, properties, anyOf, items, additionalProperties, ...rest } = schema
  return {
    ...rest,
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(forEditors) }),
    ...(items === undefined ? {} : { items: forEditors(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, forEditors(one)]),
          ),
        }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean'
              ? additionalProperties
              : forEditors(additionalProperties),
        }),
    ...(example === undefined ? {} : { examples: [parse(example)] }),
    ...(fallback === undefined ? {} : { default: parse(fallback) }),
  }
}
