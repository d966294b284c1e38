import * as z from 'zod'
import { parseDuration } from '../model/duration.ts'
import { nameProblem } from '../model/service-name.ts'
import { parseSize } from '../model/size.ts'
import { UPDATE_SWITCH } from '../model/update-switch.ts'
import { splitCommand } from './split-command.ts'

/** The kinds of values that descriptions of services are made of, in whatever file they stand. */

/** What is said of a value that is of another kind altogether: a list where a time is wanted. */
export function kind(expected: string): {
  error: (issue: { code?: string }) => string | undefined
} {
  return {
    error: (issue) => (issue.code === 'invalid_union' ? `it has to be ${expected}` : undefined),
  }
}

/** Longest value of one argument or variable: MAX_ARG_STRLEN of Linux, 32 pages (execve(2)). */
const MAX_VALUE = 131_072

export const text = z
  .string()
  .refine((value) => !value.includes('\0'), 'it has a NUL character, which no system can carry')
  .refine((value) => value.length < MAX_VALUE, `it is longer than ${MAX_VALUE} characters`)

export const line = text.refine((value) => !/[\r\n]/.test(value), 'it has a line break').max(1_000)

export const path = text.min(1, 'it is empty').meta({ title: 'path' })
export const account = line.min(1, 'it is empty')

export const name = z.string().superRefine((value, context) => {
  const problem = nameProblem(value)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** At most a year: what is longer is a typing error. */
const MAX_TIME = 365 * 24 * 3_600_000

/** 1024T: what is larger is a typing error. */
const MAX_SIZE = 1024 ** 5

const TEXT_OR_NUMBER = [z.string(), z.number()] as const

export const duration = z
  .union(TEXT_OR_NUMBER, kind('a time such as "5s"'))
  .transform((value, context) => {
    const milliseconds = parseDuration(String(value))
    if (milliseconds === null || milliseconds > MAX_TIME) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(value)} is not a time such as "5s" or "2m", of a year at most`,
      })
      return z.NEVER
    }
    return milliseconds
  })
  .meta({ title: 'time' })

export const positiveDuration = duration.refine((value) => value > 0, 'it has to be more than 0')

export const size = z
  .union(TEXT_OR_NUMBER, kind('a size such as "512M"'))
  .transform((value, context) => {
    const bytes = parseSize(String(value))
    if (bytes === null || bytes < 4_096 || bytes > MAX_SIZE) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(value)} is not a size such as "512M", of 4K at least`,
      })
      return z.NEVER
    }
    return bytes
  })
  .meta({ title: 'size' })

export const percent = z
  .union(TEXT_OR_NUMBER, kind('a share such as "50%"'))
  .transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)%?$/.exec(String(value))
    const number = match === null ? 0 : Number(match[1])
    if (number <= 0 || number > 100_000) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(value)} is not a share of one core such as "50%"`,
      })
      return z.NEVER
    }
    return number
  })
  .meta({ title: 'share' })

export const count = z
  .union([z.string().regex(/^\d+$/, 'it has to be a whole number').transform(Number), z.int()])
  .pipe(z.int().min(1).max(1_000_000_000))

export const restartLimit = z
  .union([z.literal('none').transform(() => null), z.string()])
  .transform((value, context) => {
    if (value === null) return null
    const [times = '', window = ''] = value.split('/')
    const milliseconds = parseDuration(window)
    if (!/^[1-9]\d{0,5}$/.test(times) || milliseconds === null || milliseconds === 0) {
      context.addIssue({
        code: 'custom',
        message: `${JSON.stringify(value)} is not a limit such as "5/1m", nor "none"`,
      })
      return z.NEVER
    }
    return { count: Number(times), window: milliseconds }
  })
  .meta({ title: 'COUNT/TIME, none' })

/** A text; a number or a truth value stands for the text that it is written as. */
export const word = z
  .union([text, z.number().transform(String), z.boolean().transform(String)], kind('a text'))
  .meta({ title: 'text' })

export const command = z
  .union([text, z.array(word)], kind('a line of text or a list of words'))
  .transform((value, context) => {
    const words = typeof value === 'string' ? splitCommand(value) : value
    if (words === null || words[0] === undefined || words[0] === '') {
      const message = words === null ? 'a quote is not closed' : 'it names no program'
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    return words as [string, ...string[]]
  })
  .meta({ title: 'command' })

export const env = z.record(z.string(), word).superRefine((variables, context) => {
  for (const key of Object.keys(variables)) {
    const problem = variableProblem(key)
    if (problem !== null) context.addIssue({ code: 'custom', path: [key], message: problem })
  }
})

/** What is wrong with the name of an environment variable; null for a good one. */
export function variableProblem(key: string): string | null {
  if (key === '') return 'the name is empty'
  if (key.includes('=')) return 'the name has a "="'
  if (key.includes('\0')) return 'the name has a NUL character'
  if (/[\r\n]/.test(key)) return 'the name has a line break'
  if (!/^[A-Za-z_][A-Za-z0-9_.()-]*$/.test(key))
    return 'the name has a character that not every system takes'
  if (/^STEAD_/i.test(key) && key !== UPDATE_SWITCH)
    return 'names that begin with STEAD_ are stead’s own'
  return null
}
