/**
 * The verbs that people and scripts call all day, parsed without commander, whose loading would cost
 * more than the rest of such a command. Whatever is not plain (help, a typing error) is left to it.
 */
import { parseArgs } from 'node:util'
import type { ControlOptions, ControlVerb } from './verbs/control.ts'
import type { LogsOptions } from './verbs/logs.ts'
import type { UpOptions } from './verbs/up.ts'

const COMMON = {
  scope: { type: 'string' },
  manager: { type: 'string' },
  home: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  verbose: { type: 'boolean', short: 'v' },
} as const

const LOGS = {
  follow: { type: 'boolean', short: 'f' },
  lines: { type: 'string', short: 'n' },
  since: { type: 'string' },
} as const

const CONTROL = { label: { type: 'string', short: 'l', multiple: true } } as const
const RESTART = { rolling: { type: 'boolean' } } as const

const UP = {
  file: { type: 'string', short: 'f' },
  detach: { type: 'boolean', short: 'd' },
  'require-signature': { type: 'string' },
  remote: { type: 'string' },
  'allow-writable': { type: 'boolean' },
  profile: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
} as const

/** Verbs with a short way in, and how many names each takes; a test compares them with program.ts. */
export const QUICK_VERBS: Readonly<
  Record<
    string,
    {
      names: 'none' | 'one' | 'many'
      options: Readonly<Record<string, { type: string; short?: string }>>
    }
  >
> = {
  start: { names: 'many', options: { ...COMMON, ...CONTROL } },
  stop: { names: 'many', options: { ...COMMON, ...CONTROL } },
  restart: { names: 'many', options: { ...COMMON, ...CONTROL, ...RESTART } },
  pause: { names: 'many', options: { ...COMMON, ...CONTROL } },
  resume: { names: 'many', options: { ...COMMON, ...CONTROL } },
  reload: { names: 'many', options: { ...COMMON, ...CONTROL } },
  status: { names: 'many', options: COMMON },
  uninstall: { names: 'many', options: COMMON },
  list: { names: 'none', options: COMMON },
  up: { names: 'none', options: { ...COMMON, ...UP } },
  logs: { names: 'many', options: { ...COMMON, ...LOGS } },
}

type QuickOptions = LogsOptions & UpOptions & ControlOptions

/** A command line that was understood: carrying it out gives the exit code. */
export type Action = () => Promise<number>

/**
 * What a plain command line asks for; null where commander has to look at it.
 *
 * @param argv what stands before `--`
 * @param rest what stands behind it
 */
export function quickAction(argv: readonly string[], rest: readonly string[]): Action | null {
  const [verb = '', ...words] = argv
  if (!Object.hasOwn(QUICK_VERBS, verb)) return null
  const parsed = parse(words, verb)
  if (parsed === null) return null
  const { names, options } = parsed
  const [first] = names
  switch (verb) {
    case 'list':
      if (first !== undefined) return null
      return async () => (await import('./verbs/list.ts')).list(options)
    case 'up':
      if (first !== undefined) return null
      return async () => (await import('./verbs/up.ts')).up(options)
    case 'logs':
      if (first === undefined) return null
      return async () => (await import('./verbs/logs.ts')).logs(names, options)
  }
  if (verb === 'status') {
    return async () => (await import('./verbs/status.ts')).status(names, options)
  }
  if (first === undefined) return null
  switch (verb) {
    case 'uninstall':
      return async () => (await import('./verbs/uninstall.ts')).uninstall(names, options)
    default:
      return async () =>
        (await import('./verbs/control.ts')).control(verb as ControlVerb, names, options, rest)
  }
}

function parse(
  args: readonly string[],
  verb: string,
): { names: readonly string[]; options: QuickOptions } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: QUICK_VERBS[verb]?.options as typeof COMMON &
        typeof LOGS &
        typeof UP &
        typeof RESTART,
    })
    // As commander names them: require-signature is requireSignature.
    const named = Object.entries(values).map(([key, value]) => [
      key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ])
    return { names: positionals, options: Object.fromEntries(named) as QuickOptions }
  } catch {
    return null
  }
}
