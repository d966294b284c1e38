import * as z from 'zod'
import { parseDuration } from '../model/duration.ts'
import { nameProblem } from '../model/service-name.ts'
import { SPEC_DEFAULTS } from '../model/service-spec.ts'
import { parseSize } from '../model/size.ts'
import { splitCommand } from './split-command.ts'

/** Longest value of one argument or variable: MAX_ARG_STRLEN of Linux, 32 pages (execve(2)). */
const MAX_VALUE = 131_072

const text = z
  .string()
  .refine((value) => !value.includes('\0'), 'it has a NUL character, which no system can carry')
  .refine((value) => value.length < MAX_VALUE, `it is longer than ${MAX_VALUE} characters`)

const line = text.refine((value) => !/[\r\n]/.test(value), 'it has a line break').max(1_000)

const path = text.min(1, 'it is empty')
const account = line.min(1, 'it is empty')

const name = z.string().superRefine((value, context) => {
  const problem = nameProblem(value)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** At most a year: what is longer is a typing error. */
const MAX_TIME = 365 * 24 * 3_600_000

const duration = z.union([z.string(), z.number()]).transform((value, context) => {
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

const positiveDuration = duration.refine((value) => value > 0, 'it has to be more than 0')

const size = z.union([z.string(), z.number()]).transform((value, context) => {
  const bytes = parseSize(String(value))
  if (bytes === null || bytes < 4_096) {
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is not a size such as "512M", of 4K at least`,
    })
    return z.NEVER
  }
  return bytes
})

const percent = z.union([z.string(), z.number()]).transform((value, context) => {
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

const count = z
  .union([z.string().regex(/^\d+$/, 'it has to be a whole number').transform(Number), z.int()])
  .pipe(z.int().min(1).max(1_000_000_000))

const restartLimit = z
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

const when = z.enum(['always', 'on-failure', 'no'])
const { restart: restartDefaults } = SPEC_DEFAULTS

const restart = z.union([
  when.transform((value) => ({ ...restartDefaults, when: value })),
  z.strictObject({
    when: when.default(restartDefaults.when),
    delay: duration.default(restartDefaults.delay),
    limit: restartLimit.default(restartDefaults.limit),
  }),
])

const command = z.union([text, z.array(text)]).transform((value, context) => {
  const words = typeof value === 'string' ? splitCommand(value) : value
  if (words === null || words[0] === undefined || words[0] === '') {
    const message = words === null ? 'a quote is not closed' : 'it names no program'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  return words as [string, ...string[]]
})

const env = z
  .record(z.string(), z.union([text, z.number().transform(String), z.boolean().transform(String)]))
  .superRefine((variables, context) => {
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
  if (/^STEAD_/i.test(key)) return 'names that begin with STEAD_ are stead’s own'
  return null
}

/** What one writes to describe a service: in a file, or by flags of the command line. */
export const specSchema = z.strictObject({
  name: name.describe('1 to 80 letters, digits, "-", "_", "."'),
  displayName: line.optional().describe('a name for people'),
  description: line.optional().describe('one line for people'),
  command: command.describe(
    'program and arguments: a list, or one line that is split as a shell would and run without one',
  ),
  protocol: z
    .enum(['native', 'none'])
    .optional()
    .describe('native: the program is built with the SDK of stead'),
  config: path
    .optional()
    .describe('the program’s own configuration file; it is told as STEAD_CONFIG'),
  cwd: path.optional().describe('working directory'),
  env: env.optional().describe('environment variables; visible to every user of the machine'),
  envFile: path
    .optional()
    .describe('a file of KEY=VALUE lines, read at each start: the place for secrets'),
  user: account.optional().describe('the account to run as'),
  group: account.optional().describe('the group to run as'),
  startType: z
    .enum(['auto', 'delayed', 'manual', 'disabled'])
    .optional()
    .describe('auto: starts at boot (or at login)'),
  dependsOn: z.array(name).optional().describe('services of the same manager to start first'),
  restart: restart.optional().describe('when, after which delay, and how often at most'),
  startTimeout: positiveDuration.optional().describe('until it has to be ready'),
  stopTimeout: positiveDuration.optional().describe('until it has to have stopped'),
  killMode: z
    .enum(['control-group', 'mixed', 'process', 'none'])
    .optional()
    .describe('who is signalled at a stop: systemd.kill(5)'),
  watchdog: positiveDuration.optional().describe('the longest silence between two heartbeats'),
  limits: z
    .strictObject({
      memory: size.optional(),
      cpu: percent.optional(),
      openFiles: count.optional(),
      processes: count.optional(),
    })
    .optional()
    .describe('memory as a size, cpu as percent of a core, openFiles and processes as numbers'),
  harden: z
    .enum(['off', 'standard', 'strict'])
    .optional()
    .describe('a preset of restrictions (systemd)'),
})

export type SpecText = z.input<typeof specSchema>
