/** A program of the SDK that manages itself: `node app.js install --autostart`. */

import { Command, CommanderError, Option } from 'commander'
import { parseSpec } from '../config/parse-spec.ts'
import { SteadError } from '../errors.ts'
import { formatDuration } from '../model/duration.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { type PackedFacts, packed } from '../platform/packed/facts.ts'
import type { Service } from '../service/define-service.ts'
import { type CommonOptions, runVerb, workshopFor } from './context.ts'
import { addInstallOptions } from './install-options.ts'
import { exitCodeFor, makeOutput, type Output } from './output.ts'
import { addCommonOptions } from './program.ts'
import { selfHelp } from './self-help.ts'
import { type InstallFlags, specFromFlags } from './spec-from-flags.ts'
import type { ControlVerb } from './verbs/control.ts'
import type { InstallOptions } from './verbs/install.ts'
import type { Product, UpdateOptions } from './verbs/update.ts'

/** What is known of the running program. */
export interface ProgramFacts {
  readonly platform: NodeJS.Platform
  /** process.execPath */
  readonly node: string
  /** process.execArgv */
  readonly nodeOptions: readonly string[]
  /** Absolute path of the script; null where the program is inside of its executable. */
  readonly script: string | null
  /** URL of the module that makes contact with the SCM; an executable does so by itself. */
  readonly preload: string
}

/** Options for one run only, which have no place in an installed service. */
const PASSING = /^--(inspect|watch|test|prof|cpu-prof|heap-prof|eval|print|interactive|check)/

/**
 * The spec by which a service installs itself: this node, this script, and what the manager's protocol
 * needs. What the definition says is the default, flags win.
 */
export function selfSpec(
  service: Service,
  facts: ProgramFacts,
  flags: InstallFlags,
  args: readonly string[] = [],
): ServiceSpec {
  // SIGUSR1 is the service's pause. Its own listener takes it from Node's debugger; with this option,
  // which is meant to do that, the listener is never called (Node 22).
  const options = facts.nodeOptions.filter(
    (option) => !PASSING.test(option) && option !== '--disable-sigusr1',
  )
  if (facts.platform === 'win32') options.push('--import', facts.preload)
  const program = facts.script === null ? [facts.node] : [facts.node, ...options, facts.script]
  const command = [...program, ...args]
  const { name, displayName, description, startTimeout, stopTimeout, watchdog } = service
  const raw = specFromFlags(flags.name ?? name, command, {
    ...(displayName === null ? {} : { displayName }),
    ...(description === null ? {} : { description }),
    startTimeout: formatDuration(startTimeout),
    // A moment more than the service gives itself, so that its own words come first.
    stopTimeout: formatDuration(stopTimeout + 2_000),
    // Only systemd watches heartbeats; elsewhere the service keeps its own watch.
    ...(watchdog === null || facts.platform !== 'linux'
      ? {}
      : { watchdog: formatDuration(watchdog) }),
    ...flags,
    native: true,
  })
  return parseSpec(raw, `service ${name}`)
}

/** Carries out a verb for the service that this program is. @returns the exit code */
export async function selfManage(
  service: Service,
  verb: string,
  argv: readonly string[],
): Promise<number> {
  const facts = packed()
  if (facts !== null && verb.startsWith('--')) {
    makeOutput({}).answer(verb === '--version' ? facts.version : selfHelp(service, facts))
    return 0
  }
  let code = 0
  const split = argv.indexOf('--')
  const all = argv.includes('--help-all')
  const command = addCommonOptions(new Command(verb), all)
    .usage('[options]')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  if (verb === 'install')
    addInstallOptions(command, all)
      .option('--name <name>', 'another name')
      .option('--dry-run', 'show the plan')
  else command.option('--name <name>', 'the name it was installed under')
  if (verb === 'update') addUpdateOptions(command)
  if (verb === 'install' && facts !== null) addPackedOptions(command, facts, all)
  if (verb === 'install' && !all) command.addHelpText('after', '\nAll options: install --help-all')
  if (verb === 'uninstall' || verb === 'install') command.description(`${verb} ${service.name}`)
  command.action(async (options: InstallOptions) => {
    code = await act(service, verb, options, split === -1 ? [] : argv.slice(split + 1))
  })
  try {
    const own = split === -1 ? argv : argv.slice(0, split)
    await command.parseAsync(
      own.map((word) => (word === '--help-all' ? '--help' : word)),
      { from: 'user' },
    )
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const told =
      error instanceof CommanderError
        ? new SteadError('USAGE', { problem: error.message.replace(/^error: /, '') })
        : error
    makeOutput({ json: argv.includes('--json') }).error(told)
    return exitCodeFor(told)
  }
  return code
}

function addPackedOptions(command: Command, { updateKeys }: PackedFacts, all: boolean): void {
  if (updateKeys !== null)
    command.option('--allow-older', 'also where an update has brought a newer version')
  const about = 'Windows: why it failed, if it does, also to the Event Log'
  command.addOption(new Option('--event-log', about).hideHelp(!all))
}

function addUpdateOptions(command: Command): void {
  command
    .description('replace the installed program by a newer version that was published')
    .option('--from <where>', 'URL (https) or path of what was published: NAME_update.json')
    .option('--trial <time>', 'how long it has to do well before it stays (10s)')
    .option('--health <url>', 'has to answer at the end of that time')
    .option('--allow-older', 'also a version before the one that is installed')
    .option('--dry-run', 'verify what was published, and change nothing')
}

/** @throws UPDATE_UNSUPPORTED for a program that was packed without keys */
function product(): Product {
  const facts = packed()
  if (facts !== null && facts.updateKeys !== null) return { ...facts, keys: facts.updateKeys }
  throw new SteadError('UPDATE_UNSUPPORTED', {
    name: facts?.name ?? 'this program',
    reason: 'it was packed without a key whose updates it could trust',
    remedy: 'install the new version over it; update.publicKey in stead.pack.yaml names such a key',
  })
}

async function act(
  service: Service,
  verb: string,
  options: InstallOptions & UpdateOptions & { readonly eventLog?: boolean },
  rest: readonly string[],
): Promise<number> {
  const name = options.name ?? service.name
  const common: CommonOptions = options
  switch (verb) {
    case 'install': {
      const { installSpec } = await import('./verbs/install.ts')
      const install = async (output: Output): Promise<number> => {
        const spec = selfSpec(service, programFacts(), options, rest)
        const workshop = await workshopFor(common)
        const facts = packed()
        if (facts !== null && options.allowOlder !== true)
          await (await import('./compose-update.ts')).requireNewest(workshop, name, facts)
        return installSpec(spec, workshop, options, output)
      }
      if (options.eventLog !== true) return runVerb(common, install)
      const { tellingEventLog } = await import('./compose-event-log.ts')
      return runVerb(common, (output) => tellingEventLog(name, install(output)))
    }
    case 'uninstall': {
      const { uninstall } = await import('./verbs/uninstall.ts')
      const product = packed()?.name
      if (product === undefined) return uninstall([name], common)
      const { remainsOf } = await import('./compose-remains.ts')
      return uninstall([name], common, (ports, one) => remainsOf(product, ports, one))
    }
    case 'status':
      return (await import('./verbs/status.ts')).status([name], common)
    case 'update':
      return runVerb(common, async (output) =>
        (await import('./verbs/update.ts')).update(product(), name, options, output),
      )
    default:
      return (await import('./verbs/control.ts')).control(verb as ControlVerb, [name], common, rest)
  }
}

function programFacts(): ProgramFacts {
  const script = packed() === null ? process.argv[1] : null
  if (script === undefined)
    throw new SteadError('USAGE', { problem: 'a program without a file cannot install itself' })
  const compiled = import.meta.url.endsWith('.js') ? 'js' : 'ts'
  return {
    platform: process.platform,
    node: process.execPath,
    nodeOptions: process.execArgv,
    script,
    preload: new URL(`./scm-start.${compiled}`, import.meta.url).href,
  }
}
