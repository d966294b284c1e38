import type * as z from 'zod'

/** What the reference, the JSON Schema and so every editor say about a setting. */
interface About {
  /** A value in YAML, as one would write it. */
  readonly example?: string
  /** What holds where nothing is written, in YAML; left out where that is "nothing". */
  readonly fallback?: string
}

/** A setting that may be left out, with what there is to say about it. */
export function described<T extends z.ZodType>(
  schema: T,
  description: string,
  { example, fallback }: About = {},
): z.ZodOptional<T> {
  return schema.optional().meta({
    description,
    ...(example === undefined ? {} : { example }),
    ...(fallback === undefined ? {} : { fallback }),
  })
}
