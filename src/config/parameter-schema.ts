import * as z from 'zod'
import {
  type GuardedParameter,
  PARAMETER_TYPES,
  type ParameterDelivery,
} from '../model/parameter.ts'
import { MOST_PARAMETERS, readDeclaration } from '../model/parameter-declaration.ts'
import { described } from './described.ts'
import { command, kind, line, variableProblem } from './setting-values.ts'

const KINDS = ['start', 'reload', 'restart'] as const

const apply = z
  .union(
    [z.enum(KINDS), z.strictObject({ command })],
    kind('start, reload, restart or { command }'),
  )
  .transform(
    (value): ParameterDelivery =>
      typeof value === 'string' ? { kind: value } : { kind: 'command', command: value.command },
  )
  .meta({ title: 'start, reload, restart or a command' })

const variable = z
  .string()
  .superRefine((value, context) => {
    const problem = variableProblem(value)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ title: 'name of a variable' })

const value = z.union(
  [z.boolean(), z.number(), z.string()],
  kind('true or false, a number or a text'),
)
const bound = z.union([z.number(), z.string()], kind('a number, a time or a size'))

const parameter = z.strictObject({
  type: z.enum(PARAMETER_TYPES).meta({
    description: 'what its values are',
    example: 'integer',
  }),
  default: value.meta({ description: 'its value until somebody sets another', example: '100' }),
  min: described(bound, 'the least value; of a string the least length', { example: '1' }),
  max: described(bound, 'the greatest value; of a string the greatest length, 1000 without it', {
    example: '1000',
  }),
  values: described(z.array(line).min(1), 'what an enum may be', {
    example: '[debug, info, warn]',
  }),
  description: described(line, 'one line for people', { example: 'requests a second' }),
  env: described(variable, 'the variable in which the program finds its value when it starts', {
    example: 'RATE_LIMIT',
  }),
  apply: described(
    apply,
    'what brings a change to a program that runs: nothing before its next start, its reload, a restart, or a command that is told STEAD_PARAMETER and STEAD_VALUE',
    { example: '{ command: [./set-rate] }', fallback: 'start' },
  ),
})

/** The parameters of a service by their names, each as {@link readDeclaration} takes it. */
export const parameters = z
  .record(z.string(), parameter)
  .transform((all, context): GuardedParameter[] => {
    const names = Object.keys(all)
    if (names.length > MOST_PARAMETERS) {
      const message = `there are ${names.length}, and ${MOST_PARAMETERS} at most`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    return names.flatMap((name) => {
      const {
        env = null,
        apply: delivery = { kind: 'start' },
        ...declared
      } = all[name] as (typeof all)[string]
      const written = Object.entries(declared).filter(([, one]) => one !== undefined)
      const read = readDeclaration(name, Object.fromEntries(written))
      if ('spec' in read) return [{ ...read.spec, env, apply: delivery }]
      for (const { path, message } of read.problems)
        context.addIssue({ code: 'custom', path: [name, ...path], message })
      return []
    })
  })
