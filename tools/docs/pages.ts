import { cliReference } from './cli.ts'
import { errorsReference } from './errors.ts'
import { eventIdsReference } from './event-ids.ts'
import { guardSchemaFile } from './guard-schema.ts'
import { metricsReference } from './metrics.ts'
import { openapiDocument } from './openapi.ts'
import { packFileReference, packSchemaFile } from './pack-file.ts'
import { serviceSchema } from './schema.ts'
import { steadYamlReference } from './stead-yaml.ts'
import { topGuide } from './top-guide.ts'

/** The pages of docs/ that are written by the code they describe. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/errors.md': errorsReference,
  'docs/reference/event-ids.md': eventIdsReference,
  'docs/reference/cli.md': cliReference,
  'docs/reference/metrics.md': metricsReference,
  'docs/reference/service.schema.json': serviceSchema,
  'docs/reference/stead.schema.json': guardSchemaFile,
  'docs/reference/stead-yaml.md': steadYamlReference,
  'docs/reference/pack.schema.json': packSchemaFile,
  'docs/reference/pack-file.md': packFileReference,
  'docs/reference/openapi.json': openapiDocument,
  'docs/guide/top.md': topGuide,
}
