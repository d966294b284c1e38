import * as z from 'zod'
import type { HeartbeatPolicy } from '../model/program-checks.ts'
import type { ReloadAction, StopStep } from '../model/program-spec.ts'
import { described } from './described.ts'
import { signal, truth, whole } from './program-values.ts'
import { command, positiveDuration } from './setting-values.ts'

const KILL: StopStep = {
  action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' },
  wait: 5_000,
}

/** SIGKILL to the tree is what cannot be ignored: without it a stop might never end. */
function endingInKill(steps: readonly StopStep[]): readonly StopStep[] {
  const kills = ({ action }: StopStep): boolean =>
    action.kind === 'signal' && action.signal === 'SIGKILL' && action.to === 'tree'
  return steps.some(kills) ? steps : [...steps, KILL]
}

const action = {
  signal: described(signal, 'the signal to send', { example: 'SIGINT' }),
  command: described(command, 'a command to run, as the program is run', {
    example: '[nginx, -s, quit]',
  }),
}

const step = z
  .strictObject({
    ...action,
    wait: described(positiveDuration, 'the next step comes after so long; SIGKILL: 5s', {
      example: '30s',
      fallback: '10s',
    }),
    to: described(
      z.enum(['leader', 'group', 'tree']),
      'whom the signal goes to: the program itself, its process group, or every process that descends from it; SIGKILL: tree',
      { example: 'group', fallback: 'leader' },
    ),
  })
  .transform((value, context): StopStep => {
    const { signal: name, command: words, to, wait } = value
    if ((name === undefined) === (words === undefined)) {
      context.addIssue({ code: 'custom', message: 'it needs either a signal or a command' })
      return z.NEVER
    }
    if (words !== undefined) {
      if (to !== undefined)
        context.addIssue({ code: 'custom', path: ['to'], message: 'it is for signals only' })
      return { action: { kind: 'command', command: words }, wait: wait ?? 10_000 }
    }
    const kills = name === 'SIGKILL'
    return {
      action: { kind: 'signal', signal: name as string, to: to ?? (kills ? 'tree' : 'leader') },
      wait: wait ?? (kills ? 5_000 : 10_000),
    }
  })

const short = z
  .strictObject({
    timeout: described(positiveDuration, 'so long after the signal comes SIGKILL', {
      example: '30s',
      fallback: '10s',
    }),
    signal: described(signal, 'the signal that asks it to stop', {
      example: 'SIGINT',
      fallback: 'SIGTERM',
    }),
  })
  .transform(({ timeout, signal: name }): readonly StopStep[] => [
    {
      action: { kind: 'signal', signal: name ?? 'SIGTERM', to: 'leader' },
      wait: timeout ?? 10_000,
    },
  ])

export const stop = z
  .union([z.array(step).min(1).max(20), short])
  .transform((steps) => endingInKill(steps))

export const reload = z.union([
  z.literal('restart').transform((): ReloadAction => ({ kind: 'restart' })),
  z.strictObject(action).transform((value, context): ReloadAction => {
    if (value.signal !== undefined && value.command === undefined)
      return { kind: 'signal', signal: value.signal }
    if (value.command !== undefined && value.signal === undefined)
      return { kind: 'command', command: value.command }
    context.addIssue({ code: 'custom', message: 'it needs either a signal or a command' })
    return z.NEVER
  }),
])

const BEAT: HeartbeatPolicy = { every: 5_000, misses: 3, forward: null }

const forward = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'it is not an address such as "https://monitor.example/beat"',
  )

export const heartbeat = z.union([
  truth.transform((on) => (on ? BEAT : null)),
  z
    .strictObject({
      every: described(positiveDuration, 'how often it beats', { example: '2s', fallback: '5s' }),
      misses: described(whole(1, 1_000), 'so many missed in a row, and it is restarted', {
        example: '5',
        fallback: '3',
      }),
      forward: described(forward, 'where each beat is forwarded as POST {"service", "ts"}', {
        example: 'https://monitor.example/beat',
      }),
    })
    .transform(
      (value): HeartbeatPolicy => ({
        every: value.every ?? BEAT.every,
        misses: value.misses ?? BEAT.misses,
        forward: value.forward ?? null,
      }),
    ),
])
