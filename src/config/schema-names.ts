import * as z from 'zod'

/** The names of the settings that `schema` knows at `path`, whichever branch of a union they are in. */
export function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found = [schema]
  for (const step of path) found = found.flatMap(branches).flatMap((one) => memberOf(one, step))
  return found
    .flatMap(branches)
    .flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []))
}

/** What a value may be: through what only wraps, and into all of a union. */
function branches(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return branches(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return branches(schema.in as z.ZodType)
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => branches(option as z.ZodType))
  return [schema]
}

function memberOf(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Record<PropertyKey, z.ZodType>
    return shape[step] === undefined ? [] : [shape[step]]
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType]
  return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : []
}
