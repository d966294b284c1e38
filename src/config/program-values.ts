import { Cron } from 'croner'
import * as z from 'zod'
import { SIGNAL_NAMES, signalName } from '../model/signal-name.ts'
import { suggest } from '../model/suggest.ts'
import { account, kind } from './setting-values.ts'

/** The kinds of values that only stead.yaml knows. */

/** `${VAR}` always makes a text: it may say `true` as well. */
export const truth = z
  .union(
    [z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')],
    kind('true or false'),
  )
  .meta({ title: 'true or false' })

/** A whole number, as a number or as its digits. */
export function whole(min: number, max: number): z.ZodType<number, string | number> {
  return z
    .union([z.number(), z.string()], kind('a whole number'))
    .transform((value, context) => {
      const number = typeof value === 'number' ? value : /^-?\d+$/.test(value) ? Number(value) : NaN
      if (Number.isInteger(number) && number >= min && number <= max) return number
      const message = `${JSON.stringify(value)} is not a whole number from ${min} to ${max}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .meta({
      title: 'whole number',
      anyOf: [{ type: 'integer', minimum: min, maximum: max }, { type: 'string' }],
    })
}

/** The value, or `none`, which makes it null. */
export function orNone<T extends z.ZodType>(
  schema: T,
): z.ZodUnion<[z.ZodPipe<z.ZodLiteral<'none'>, z.ZodTransform<null, 'none'>>, T]> {
  return z.union([z.literal('none').transform(() => null), schema])
}

export const signal = z
  .string()
  .transform((value, context) => {
    const known = signalName(value)
    if (known !== null) return known
    const near = suggest(value.toUpperCase(), SIGNAL_NAMES) ?? suggest(`SIG${value}`, SIGNAL_NAMES)
    const message = `there is no signal ${JSON.stringify(value)}${near === null ? '; one writes SIGTERM, SIGHUP, …' : `; did you mean ${near}?`}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'signal', anyOf: [{ enum: [...SIGNAL_NAMES] }, { type: 'string' }] })

export const regularExpression = z
  .string()
  .min(1)
  .max(1_000)
  .refine(
    (value) => {
      try {
        new RegExp(value)
        return true
      } catch {
        return false
      }
    },
    {
      error: (issue) => `${JSON.stringify(issue.input)} is not a regular expression of JavaScript`,
    },
  )
  .meta({ title: 'regular expression' })

/** Years are looked at from here on: whether a pattern ever fits does not depend on today. */
const SOME_DAY = new Date(2024, 0, 1)

/** A time of cron: five fields, six with seconds before them, or a name such as `@daily`. */
export const cronText = z
  .string()
  .superRefine((value, context) => {
    const problem = cronProblem(value)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ title: 'time of cron' })

function cronProblem(value: string): string | null {
  const shown = JSON.stringify(value)
  const example = 'one writes "0 4 * * *" for every day at four'
  const fields = value.trim().split(/\s+/).length
  // Croner takes a date as well, which would be a restart that happens once.
  if (!/^@[a-z]+$/i.test(value) && (fields < 5 || fields > 6)) {
    return `${shown} has ${value.trim() === '' ? 0 : fields} fields; ${example}`
  }
  try {
    return new Cron(value, { paused: true }).nextRun(SOME_DAY) === null
      ? `${shown} is a time that never comes`
      : null
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^\w+: /, '').replace(/^Invalid/, 'invalid')
    return `${shown} is not a time of cron (${reason}); ${example}`
  }
}

export const umask = z
  .union([z.string(), z.number()], kind('an octal number in quotes such as "027"'))
  .transform((value, context) => {
    // YAML reads 027 as 27 and 0o27 as 23: only a text says what was meant.
    if (typeof value === 'string' && /^0?[0-7]{1,3}$/.test(value)) return Number.parseInt(value, 8)
    const message = `${JSON.stringify(value)} is not an octal number in quotes such as "027"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'octal number' })

/** Users and groups may be named by their numbers. */
export const principal = z
  .union([account, whole(0, 0xffff_fffe).transform(String)], kind('a name'))
  .meta({ title: 'name' })
