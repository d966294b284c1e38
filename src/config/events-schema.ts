import { basename, resolve } from 'node:path'
import * as z from 'zod'
import { EVENT_KINDS, type EventFilter, type EventOutlets } from '../model/event-outlet.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { account, command, line, name, path, positiveDuration } from './setting-values.ts'
import { accessOf, accessProblem, httpAccess, httpAddress } from './sink-schema.ts'
import type { FileProblem } from './source/config-source.ts'

/** A program may have to do something before it answers. */
const ANSWER_WITHIN = 30_000
const MOST = 16

const common = {
  name: described(
    name,
    'by it the guard knows how far it was told; without it the host of the address, or the name of the program',
    { example: 'ops' },
  ),
  services: described(
    z.array(line.min(1, 'it is empty')).min(1).max(1_000),
    'events of these services alone, by name or pattern; without it of all, and of the guard itself',
    { example: '[api, "web-*"]' },
  ),
  kinds: described(z.array(z.enum(EVENT_KINDS)).min(1), 'events of these types alone', {
    example: '[exit, recovered]',
  }),
}

const webhook = z
  .strictObject({
    url: httpAddress.meta({
      description: 'each event is posted there as JSON; 200 to 299 acknowledges it',
      example: 'https://hooks.example/stead',
    }),
    ...common,
    secretFile: described(
      path,
      'a file with the key of Stead-Signature (HMAC-SHA256), for its owner alone',
      { example: './hook.key' },
    ),
    ...httpAccess,
  })
  .superRefine((value, context) => {
    const problem = accessProblem(value)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

const listener = z.strictObject({
  command: command.meta({
    description: 'gets one event a line on its standard input, and answers each with a line "ok"',
    example: '[./on-event.py]',
  }),
  ...common,
  cwd: described(path, 'the directory it starts in; without it that of the file', {
    example: './hooks',
  }),
  user: described(account, 'the account to run as; it needs a guard that runs as root', {
    example: 'nobody',
  }),
  timeout: described(positiveDuration, 'time that an answer may take', {
    example: '5s',
    fallback: '30s',
  }),
})

export const eventsSchema = z.strictObject({
  webhooks: described(z.array(webhook).max(MOST), 'addresses that are told'),
  listeners: described(z.array(listener).max(MOST), 'programs that are told'),
})

type Settings = Pick<GuardSettings, 'events'>

export function outletsOf({ events }: Settings, directory: string): EventOutlets | null {
  if (events === undefined) return null
  const whole = (written: string | null | undefined): string | null =>
    written == null ? null : resolve(directory, written)
  return {
    webhooks: (events.webhooks ?? []).map((one) => {
      const access = accessOf(one)
      return {
        ...filterOf(one),
        ...access,
        name: webhookName(one),
        url: one.url,
        tokenFile: whole(access.tokenFile),
        headersFile: whole(access.headersFile),
        secretFile: whole(one.secretFile),
      }
    }),
    listeners: (events.listeners ?? []).map((one) => {
      const [program, ...args] = one.command
      const cwd = resolve(directory, one.cwd ?? '.')
      return {
        ...filterOf(one),
        name: listenerName(one),
        command: [program.includes('/') ? resolve(cwd, program) : program, ...args],
        cwd,
        user: one.user ?? null,
        timeout: one.timeout ?? ANSWER_WITHIN,
      }
    }),
  }
}

/** Two of one name would not know how far each was told. */
export function eventsProblems({ events }: Settings): FileProblem[] {
  const twice = (list: string, names: readonly string[]): FileProblem[] =>
    names.flatMap((one, index) =>
      names.indexOf(one) === index
        ? []
        : [{ path: ['events', list, index], message: `there are two called ${one}; say name` }],
    )
  return [
    ...twice('webhooks', (events?.webhooks ?? []).map(webhookName)),
    ...twice('listeners', (events?.listeners ?? []).map(listenerName)),
  ]
}

function webhookName(one: { readonly name?: string | undefined; readonly url: string }): string {
  return one.name ?? fileName(new URL(one.url).hostname)
}

function listenerName(one: {
  readonly name?: string | undefined
  readonly command: readonly [string, ...string[]]
}): string {
  return one.name ?? fileName(basename(one.command[0]))
}

function fileName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 80)
}

function filterOf({
  services = [],
  kinds = [],
}: {
  readonly services?: readonly string[] | undefined
  readonly kinds?: EventFilter['kinds'] | undefined
}): EventFilter {
  return { services, kinds }
}
