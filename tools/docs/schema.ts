import * as z from 'zod'
import { specSchema } from '../../src/config/spec-schema.ts'

/** docs/reference/service.schema.json: what editors check a service file by while it is written. */
export function serviceSchema(): string {
  const schema = z.toJSONSchema(specSchema, { io: 'input', unrepresentable: 'any' })
  const titled = { ...schema, title: 'A service of stead' }
  return `${JSON.stringify(titled, null, 2)}\n`
}
