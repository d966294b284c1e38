/** The command line: verbs, their options and texts. What a verb does is loaded when it is asked for. */
import { Command, Help, Option } from 'commander'
import { addConfigVerbs } from './config-verbs.ts'
import type { CommonOptions } from './context.ts'
import { addForeignVerbs } from './foreign-verbs.ts'
import { addGuardVerbs, several } from './guard-verbs.ts'
import { addInstallOptions } from './install-options.ts'
import { makeOutput } from './output.ts'
import { addPackVerbs } from './pack-verbs.ts'
import { addSecretVerbs } from './secret-verbs.ts'
import type { NamesOptions } from './verbs/completion.ts'
import type { ControlVerb } from './verbs/control.ts'
import type { InstallOptions } from './verbs/install.ts'
import type { LogsOptions } from './verbs/logs.ts'
import { version } from './version.ts'
import { addWindowsVerbs } from './windows-verbs.ts'

export interface ProgramOptions {
  /** What stands behind `--`. */
  readonly rest: readonly string[]
  /** Shows rarely used options in the help as well. */
  readonly all: boolean
  readonly exit: (code: number) => void
}

const CONTROLS: Readonly<Record<ControlVerb, string>> = {
  start: 'start services and wait until they run',
  stop: 'stop services and wait until nothing is left of them',
  restart: 'stop and start services',
  pause: 'pause services that know how to',
  resume: 'let paused services go on',
  reload: 'have services take their new configuration',
}

/** The whole command line, ready to parse. */
export function buildProgram({ rest, all, exit }: ProgramOptions): Command {
  const program = new Command('stead')
    .description('Keeps programs running as services: systemd, Windows SCM, launchd.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show the help of a verb')
    .configureHelp({ showGlobalOptions: false, helpWidth: 80, formatHelp })
    .usage('VERB [options]')

  const install = verb('install', 'install a program as a service, or update it in place')
    .argument('[name]', 'the name of the service')
    .usage('NAME [options] -- COMMAND…\n       stead install -f FILE')
    .configureHelp({ visibleArguments: () => [] })
    .option('-f, --file <file>', 'take the description from a file (YAML, JSON, TOML)')
    .option('--name <name>', 'the name, if not as an argument')
    .option('--dry-run', 'show the whole plan and change nothing')
  addInstallOptions(install, all)
  if (!all) install.addHelpText('after', '\nAll options: stead install --help-all')
  install.action(async (name: string | undefined, options: InstallOptions) =>
    exit(await (await import('./verbs/install.ts')).install(name, rest, options)),
  )

  verb('uninstall', 'stop services and remove what install wrote')
    .argument('<name...>', 'services')
    .action(async (names: string[], options: CommonOptions) =>
      exit(await (await import('./verbs/uninstall.ts')).uninstall(names, options)),
    )

  for (const [name, about] of Object.entries(CONTROLS) as [ControlVerb, string][]) {
    const command = verb(name, about)
      .argument('[name...]', 'services; of running guards also NAME@2, groups and globs')
      .option('-l, --label <key=value>', 'of running guards: those with this label', several, [])
      .usage(name === 'start' ? 'NAME… [options] [-- ARGUMENTS…]' : 'NAME… [options]')
      .action(async (names: string[], options: CommonOptions) =>
        exit(await (await import('./verbs/control.ts')).control(name, names, options, rest)),
      )
    if (name === 'restart') {
      command.option('--rolling', 'instances of guarded services one by one, each ready first')
    }
  }

  verb('control', 'send a Windows service a control of its own')
    .argument('<name>', 'the service')
    .argument('<code>', '128 to 255')
    .action(async (name: string, code: string, options: CommonOptions) =>
      exit(await (await import('./verbs/custom-control.ts')).customControl(name, code, options)),
    )
  verb('status', 'show services; exit code 0 running, 3 not running, 4 no such')
    .argument('[name...]', 'services; everything of running guards without one')
    .action(async (names: string[], options: CommonOptions) =>
      exit(await (await import('./verbs/status.ts')).status(names, options)),
    )
  verb('list', 'list the services that stead installed').action(async (options: CommonOptions) =>
    exit(await (await import('./verbs/list.ts')).list(options)),
  )
  verb('logs', 'show the logs of services')
    .argument('<name...>', 'services; one of the manager, or any of running guards')
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <number>', 'newest lines to begin with (default 10)')
    .option('--since <time>', 'from a time (2026-01-31T12:00) or so long ago (10m)')
    .action(async (names: string[], options: LogsOptions) =>
      exit(await (await import('./verbs/logs.ts')).logs(names, options)),
    )
  addGuardVerbs(verb, exit)
  addForeignVerbs(verb, exit)
  addWindowsVerbs(verb, exit)
  addConfigVerbs(program, all, exit)
  addSecretVerbs(program, all, exit)
  addPackVerbs(program, all, exit)
  addCommonOptions(program.command('version').description('print the version'), all).action(
    (options: CommonOptions) => exit(printVersion(options)),
  )
  program
    .command('completion')
    .description('print a completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) =>
      exit((await import('./verbs/completion.ts')).completion(shell, program)),
    )
  program
    .command('names', { hidden: true })
    .description('print the names of services, instances and groups, for completion')
    .option('--names', 'of all that a verb may be for (default)')
    .option('--services', 'of services of guards alone')
    .option('--parameters <service>', 'of what can be set of a service of a guard')
    .option('--scope <scope>')
    .option('--home <dir>')
    .action(async (options: NamesOptions) =>
      exit(await (await import('./verbs/completion.ts')).names(options)),
    )
  return program

  function verb(name: string, about: string): Command {
    return addCommonOptions(program.command(name).description(about), all)
  }
}

/** All verbs on one screen, those that belong together on a line; each has its own help. */
const OVERVIEW = `Usage: stead VERB [options]

Keeps programs running as services: systemd, Windows SCM, launchd; and many of
them under one guard.

One program as a service:
  install, uninstall, list install or update in place; remove; what is installed
  run, password, control   what a manager starts; Windows: password, own codes
  pack                     executables and installers of a service you wrote
Many programs, described in stead.yaml:
  up, down, apply, audit   start and keep; stop; take changes; who changed what
  scale, signal, beat, set how many instances; signals; heartbeats; parameters
  metrics, graph           as text for Prometheus; who needs whom
  import, export           from and to supervisord, systemd, …
  config, secret           what it is made of, what was before; sealed values
Both, and stead itself:
  start, stop, restart, pause, resume, reload
  status, top, explain     how they are; as they live; why, what would change it
  logs, events, history    what they print; what has happened; how they ended
  version, completion      the version; a completion script for a shell

"stead VERB --help" shows what a verb takes; -V prints the version.
`

function formatHelp(command: Command, helper: Help): string {
  return command.parent === null
    ? OVERVIEW
    : Help.prototype.formatHelp.call(helper, command, helper)
}

function printVersion(options: CommonOptions): number {
  const output = makeOutput(options)
  if (output.json) output.object({ version: version(), node: process.version })
  else output.answer(version())
  return 0
}

/** What every verb takes. */
export function addCommonOptions(command: Command, all: boolean): Command {
  return command
    .option('--scope <scope>', 'system (default), or user for services of your own')
    .option('--json', 'answer in JSON')
    .option('-q, --quiet', 'say nothing that the exit code says')
    .addOption(new Option('-v, --verbose', 'with an error, its causes').hideHelp(!all))
    .addOption(
      new Option(
        '--manager <kind>',
        'systemd, launchd, scm or run-key instead of this platform’s own',
      ).hideHelp(!all),
    )
    .addOption(
      new Option('--home <dir>', 'keep everything of stead under DIR (STEAD_HOME)').hideHelp(!all),
    )
    .helpOption('-h, --help', 'show help')
}
