import { readFileSync } from 'node:fs'
import { guardSettings, type SettingSchema } from './guard-schema.ts'

/** docs/reference/stead-yaml.md: an introduction by hand, and every setting out of the schema. */
export function steadYamlReference(): string {
  const introduction = readFileSync(new URL('stead-yaml.introduction.md', import.meta.url), 'utf8')
  const { properties: top = {} } = guardSettings()
  const service = membersOf(top.services as SettingSchema)
  const group = membersOf(top.groups as SettingSchema)
  return `${[
    '<!-- Written by "npm run docs" from src/config/guard-schema.ts and tools/docs/stead-yaml.introduction.md; do not edit. -->',
    introduction.trim(),
    '## The file',
    tableOf(Object.entries(top)),
    '## Settings of a service',
    `All but \`command\`, \`dependsOn\` and \`sockets\` may stand in \`defaults\` as well.`,
    ...Object.entries(service).map(([name, schema]) => sectionOf(name, schema)),
    '## Settings of a group',
    tableOf(Object.entries(group)),
    '## Settings of access',
    'Each entry of `access` is a rule; the highest role of all that fit counts. See [access.md](../guide/access.md).',
    tableOf(Object.entries((top.access as SettingSchema).items?.properties ?? {})),
    '## Settings of control',
    'Each token and each certificate is a rule as those of `access` are. See [access.md](../guide/access.md#over-tcp).',
    tableOf(innerOf(top.control as SettingSchema, '')),
    '## Settings of remote',
    'One of `http`, `etcd` and `consul`. See [configuration.md](../guide/configuration.md#remote-settings).',
    tableOf(innerOf(top.remote as SettingSchema, '')),
    '## Settings of metrics',
    tableOf(Object.entries(top.metrics?.properties ?? {})),
    '## Settings of events',
    tableOf(innerOf(top.events as SettingSchema, '')),
  ].join('\n\n')}\n`
}

function membersOf({
  additionalProperties,
}: SettingSchema): Readonly<Record<string, SettingSchema>> {
  return typeof additionalProperties === 'object' ? (additionalProperties.properties ?? {}) : {}
}

export function sectionOf(name: string, schema: SettingSchema): string {
  const { description = '', example, fallback } = schema
  const rows = innerOf(schema, '')
  const facts = [`**Type** ${typeOf(schema)}`]
  if (fallback !== undefined) facts.push(`**Default** \`${fallback}\``)
  const parts = [`### ${name}`, `${sentence(description)}`, facts.join(' · ')]
  if (rows.length > 0) parts.push(tableOf(rows))
  if (example !== undefined) parts.push(['```yaml', `${name}: ${example}`, '```'].join('\n'))
  return parts.join('\n\n')
}

/** The settings within a setting, whichever way of writing it they belong to: `rotate.size`, `[].wait`. */
function innerOf(schema: SettingSchema, prefix: string): [string, SettingSchema][] {
  return [
    ...(schema.anyOf ?? []).flatMap((branch) => innerOf(branch, prefix)),
    ...(typeof schema.additionalProperties === 'object'
      ? innerOf(schema.additionalProperties, `${prefix}NAME.`)
      : []),
    ...(schema.items === undefined ? [] : innerOf(schema.items, `${prefix}[].`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]): [string, SettingSchema][] => {
      const inner = innerOf(one, `${prefix}${name}.`)
      return one.properties === undefined ? [[`${prefix}${name}`, one], ...inner] : inner
    }),
  ]
}

function tableOf(rows: readonly (readonly [string, SettingSchema])[]): string {
  return [
    '| setting | type | default | example | meaning |',
    '|---|---|---|---|---|',
    ...rows.map(([name, schema]) =>
      [
        '',
        ` \`${name}\` `,
        ` ${typeOf(schema)} `,
        ` ${code(schema.fallback)} `,
        ` ${code(schema.example)} `,
        ` ${(schema.description ?? '').replaceAll('|', '\\|')} `,
        '',
      ].join('|'),
    ),
  ].join('\n')
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text.replaceAll('|', '\\|')}\``
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
}

function typeOf(schema: SettingSchema): string {
  return [...new Set(wordsFor(schema))].join(', ')
}

function wordsFor({ title, enum: values, const: only, anyOf, type }: SettingSchema): string[] {
  if (title !== undefined) return [title]
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``)
  if (only !== undefined) return [`\`${String(only)}\``]
  if (anyOf !== undefined) return anyOf.flatMap(wordsFor)
  return [type ?? []].flat().map((one) => WORDS[one] ?? one)
}

/** With a capital, but for a value that is explained: `false: …`. */
function sentence(text: string): string {
  if (/^\w+:/.test(text)) return `\`${text.replace(':', '`:')}.`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
