import * as z from 'zod'
import { packSchema } from '../../src/pack/spec/pack-schema.ts'
import { forEditors, type SettingSchema } from './guard-schema.ts'
import { sectionOf } from './stead-yaml.ts'

function packSettings(): SettingSchema {
  return z.toJSONSchema(packSchema, { io: 'input', unrepresentable: 'any' }) as SettingSchema
}

/** docs/reference/pack.schema.json: what editors complete and check stead.pack.yaml by. */
export function packSchemaFile(): string {
  const { $schema, ...schema } = forEditors(packSettings()) as Record<string, unknown>
  const titled = { $schema, title: 'stead.pack.yaml: what is packed', ...schema }
  return `${JSON.stringify(titled, null, 2)}\n`
}

/** docs/reference/pack-file.md: every setting out of the schema. */
export function packFileReference(): string {
  const { properties = {} } = packSettings()
  return `${[
    '<!-- Written by "npm run docs" from src/pack/spec/pack-schema.ts; do not edit. -->',
    '# The pack file',
    'What `stead pack` makes of a program: `stead.pack.yaml`, or the same under `stead.pack` in package.json. Paths are meant from its directory. What it leaves out of name, version, description, homepage and publisher is that of package.json. The guide is [packaging.md](../guide/packaging.md). The JSON Schema for editors is `stead/schema/pack.schema.json`:',
    [
      '```yaml',
      '# yaml-language-server: $schema=node_modules/stead/schema/pack.schema.json',
      'entry: src/app.ts',
      '```',
    ].join('\n'),
    ...Object.entries(properties).map(([name, schema]) => sectionOf(name, schema)),
  ].join('\n\n')}\n`
}
