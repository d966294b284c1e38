import * as z from 'zod'
import { isWindowsSignal } from '../model/signal-name.ts'
import { described } from './described.ts'
import { signal, whole } from './program-values.ts'
import { duration, kind, restartLimit } from './setting-values.ts'

const WHEN = ['always', 'on-failure', 'no'] as const

/** What asks a program of Windows to end is nothing that it ends with. */
const endSignal = signal.refine((name) => !isWindowsSignal(name), {
  error: ({ input }) =>
    `no program ends with ${String(input)}, which only asks it to: name the code that it ends with then, such as 3221225786 (0xC000013A, ended by Ctrl-C)`,
})

const namedExits = z
  .strictObject({
    codes: described(z.array(whole(0, 0xffff_ffff)), 'exit codes', { example: '[1, 75]' }),
    signals: described(z.array(endSignal), 'signals that ended it', { example: '[SIGSEGV]' }),
  })
  .refine(
    ({ codes = [], signals = [] }) => codes.length + signals.length > 0,
    'it names no code and no signal',
  )
  .transform(({ codes = [], signals = [] }) => ({ codes, signals }))

const jitter = z
  .union([z.string(), z.number()], kind('a share such as "10%" or 0.1'))
  .transform((value, context) => {
    const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(value))
    const share = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
    if (share >= 0 && share <= 1) return share
    const message = `${JSON.stringify(value)} is not a share such as "10%" or 0.1, of 100% at most`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'share' })

const factor = z
  .union(
    [
      z
        .string()
        .regex(/^\d+(\.\d+)?$/, 'it has to be a number from 1 to 100')
        .transform(Number),
      z.number(),
    ],
    kind('a number'),
  )
  .refine((value) => value >= 1 && value <= 100, 'it has to be from 1 to 100')
  .meta({ title: 'number' })

export const restartDetails = z.strictObject({
  when: described(
    z.union([z.enum(WHEN), namedExits]),
    'after which exits: always, on-failure, no, or the exit codes and signals named',
    { example: '{ codes: [1, 75], signals: [SIGSEGV] }', fallback: 'on-failure' },
  ),
  strategy: described(
    z.enum(['immediate', 'exponential', 'manual']),
    'immediate: without any delay; exponential: after delay, delay × factor, … up to maxDelay; manual: never by itself',
    { example: 'immediate', fallback: 'exponential' },
  ),
  immediate: described(
    whole(0, 1_000),
    'how many failures within the window of limit are restarted at once, before delay begins; 0 where delay is written',
    { example: '3', fallback: '1' },
  ),
  delay: described(duration, 'wait before the first restart that is not immediate', {
    example: '200ms',
    fallback: '100ms',
  }),
  factor: described(factor, 'what the delay is multiplied by at each further failure', {
    example: '1.5',
    fallback: '2',
  }),
  maxDelay: described(duration, 'the longest delay', { example: '1m', fallback: '30s' }),
  jitter: described(jitter, 'share of the delay by which it varies either way', {
    example: '20%',
    fallback: '10%',
  }),
  limit: described(
    restartLimit,
    'more failures than this in such a time, whenever in its life, are fatal: COUNT/TIME, or none',
    { example: '5/1m', fallback: '10/1m' },
  ),
})

/** One word is `when`. */
export const programRestart = z.union([
  z.enum(WHEN).transform((when) => ({ when }) as z.output<typeof restartDetails>),
  restartDetails,
])
