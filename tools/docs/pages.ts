import { cliReference } from './cli.ts'
import { errorsReference } from './errors.ts'
import { serviceSchema } from './schema.ts'

/** The pages of docs/reference that are written by the code they describe. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/errors.md': errorsReference,
  'docs/reference/cli.md': cliReference,
  'docs/reference/service.schema.json': serviceSchema,
}
