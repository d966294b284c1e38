/** The verbs of the guard: many programs under one supervisor. What a verb does is loaded when it is asked for. */
import { type Command, Option } from 'commander'
import type { CommonOptions } from './context.ts'
import type { AuditOptions } from './verbs/audit.ts'
import type { GraphOptions } from './verbs/graph.ts'
import type { ApplyOptions, FileOptions } from './verbs/guard-control.ts'
import type { MetricsOptions } from './verbs/metrics.ts'
import type { RunOptions } from './verbs/run.ts'
import type { SetOptions } from './verbs/set.ts'
import type { TopVerbOptions } from './verbs/top.ts'
import type { UpOptions } from './verbs/up.ts'

const control = () => import('./verbs/guard-control.ts')
const look = () => import('./verbs/guard-look.ts')
/** Of what asks a guard that runs. */
export const GUARD_FILE = [
  '-f, --file <file>',
  'the stead.yaml (default: of this directory, above it, or of the guard that runs)',
] as const

const FILE = [
  '-f, --file <file>',
  'the stead.yaml (default: of this directory, or above it)',
] as const

/** An option that may be given more than once. */
export function several(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

export const PROFILE = [
  '--profile <name>',
  'take the settings of a profile (STEAD_PROFILE)',
  several,
] as const
export const REMOTE = [
  '--remote <source>',
  'settings over those of the file: an address, or a file about it (STEAD_REMOTE)',
] as const
export const SET = [
  '--set <setting=value>',
  'another value for a setting, such as services.web.env.PORT=9090',
  several,
] as const

/** Adds `up`, `down`, `apply` and their company. */
export function addGuardVerbs(
  verb: (name: string, about: string) => Command,
  exit: (code: number) => void,
): void {
  verb('up', 'start everything in stead.yaml, and keep it running')
    .option(...FILE)
    .option('-d, --detach', 'in the background')
    .option(
      '--require-signature <keys>',
      'take nothing but what one of these public keys has signed',
    )
    .option(
      '--allow-writable',
      'as root, administrator or a service: also files that others can change',
    )
    .option(...PROFILE)
    .option(...SET)
    .option(...REMOTE)
    .action(async (options: UpOptions) => exit(await (await import('./verbs/up.ts')).up(options)))
  verb('down', 'stop everything in stead.yaml, in order')
    .option(...GUARD_FILE)
    .option('--keep', 'end the guard alone: its programs go on, and the next one takes them on')
    .action(async (options: FileOptions) => exit(await (await control()).down(options)))
  verb('apply', 'take over a changed stead.yaml: per service restart, in place, or nothing')
    .option(...GUARD_FILE)
    .option('--dry-run', 'show what would be done and change nothing')
    .option('--trial <time>', 'watch what it changes so long; go back if that fails; 1 then')
    .action(async (options: ApplyOptions) => exit(await (await control()).apply(options)))
  verb('run', 'keep one installed service: what a manager starts where it needs a guard')
    .argument('<name>', 'the service')
    .addOption(new Option('--at-logon', 'tell the log alone, and no terminal').hideHelp())
    .action(async (name: string, options: RunOptions) =>
      exit(await (await import('./verbs/run.ts')).run(name, options)),
    )
  verb('top', 'services as they live: state, cpu, memory; keys for every verb')
    .option('-f, --file <file>', 'the guard of this stead.yaml alone')
    .option('--interval <time>', 'between two looks at cpu and memory (default 2s)')
    .option('--once', 'print one frame and end')
    .option('--ascii', 'draw with ASCII alone')
    .action(async (options: TopVerbOptions) =>
      exit(await (await import('./verbs/top.ts')).top(options)),
    )
  verb('explain', 'why a service is as it is, what would change it, what it said last')
    .argument('<name>', 'the service')
    .action(async (name: string, options: CommonOptions) =>
      exit(await (await look()).explain(name, options)),
    )
  verb('scale', 'run so many instances')
    .argument('<name>', 'the service')
    .argument('<count>', 'how many')
    .action(async (name: string, count: string, options: CommonOptions) =>
      exit(await (await control()).scale(name, count, options)),
    )
  verb('set', 'change what a service lets one change while it runs; show it')
    .argument('<name>', 'the service')
    .argument('[key=value...]', 'new values, all of them or none; shows what there is without one')
    .option('--for <time>', 'go back to the defaults after so long, such as 10m')
    .option('--reset <key>', 'back to its default; may be given more than once', several, [])
    .action(async (name: string, values: string[], options: SetOptions) =>
      exit(await (await import('./verbs/set.ts')).set(name, values, options)),
    )
  verb('signal', 'send a signal to a service')
    .argument('<name>', 'the service')
    .argument('<signal>', 'such as HUP or SIGUSR1')
    .option('--to <whom>', 'leader (default), group or tree')
    .action(async (name: string, signal: string, options: CommonOptions & { to?: string }) =>
      exit(await (await control()).signal(name, signal, options)),
    )
  verb('events', 'what has happened')
    .option('--since <when>', 'the number of an event, a time, or so long ago (10m)')
    .option('-f, --follow', 'go on with what happens until Ctrl-C')
    .action(async (options: CommonOptions & { since?: string; follow?: boolean }) =>
      exit(await (await look()).events(options)),
    )
  verb('history', 'how services ended')
    .argument('[name...]', 'services')
    .action(async (names: string[], options: CommonOptions) =>
      exit(await (await look()).history(names, options)),
    )
  verb('graph', 'who needs whom, how each is, and what decided the last start')
    .argument('[name...]', 'services or groups, with what they need and what needs them')
    .option('-f, --file <file>', 'a stead.yaml, also one that no guard keeps')
    .option('--mermaid', 'as a flowchart of Mermaid')
    .action(async (names: string[], options: GraphOptions) =>
      exit(await (await import('./verbs/graph.ts')).graph(names, options)),
    )
  verb('metrics', 'what is measured, as text for Prometheus')
    .argument('[name...]', 'services; everything without one')
    .option('-f, --file <file>', 'of the guard of this stead.yaml (default: the one that runs)')
    .option('--openmetrics', 'as OpenMetrics 1.0')
    .action(async (names: string[], options: MetricsOptions) =>
      exit(await (await import('./verbs/metrics.ts')).metrics(names, options)),
    )
  verb('audit', 'who has changed what; audit verify: whether that is as it was written')
    .argument('[verify]', 'looks at every line, and names those that were changed')
    .option(...GUARD_FILE)
    .option('--since <when>', 'the number of an entry, a time, or so long ago (10m)')
    .action(async (what: string | undefined, options: AuditOptions) =>
      exit(await (await import('./verbs/audit.ts')).audit(what, options)),
    )
  verb('beat', 'send a heartbeat for a service')
    .argument('<name>', 'the service')
    .action(async (name: string, options: CommonOptions) =>
      exit(await (await control()).beat(name, options)),
    )
}
