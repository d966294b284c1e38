import { type Command, Option } from 'commander'

const gather = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

/** The settings of a service as options, those that most need first. The rest shows with --help-all. */
export function addInstallOptions(command: Command, all: boolean): Command {
  const rare = (flags: string, about: string): void => {
    command.addOption(new Option(flags, about).hideHelp(!all))
  }
  const rareList = (flags: string, about: string): void => {
    command.addOption(new Option(flags, about).argParser(gather).hideHelp(!all))
  }
  command
    .option('--autostart', 'start at boot (or at login, with --scope user)')
    .option('--config <file>', 'configuration file of the program, told as STEAD_CONFIG')
    .option('--cwd <dir>', 'working directory')
    .option('--env <KEY=VALUE>', 'environment variable; may be given often', gather)
    .option('--env-file <file>', 'file of KEY=VALUE lines, read at each start')
    .option('--user <name>', 'account to run as')
    .option('--restart <when>', 'always, on-failure (default) or no')
    .addOption(
      new Option('--harden [preset]', 'restrict it: standard (default) or strict; systemd'),
    )
  rare('--remote <source>', 'its settings of etcd, Consul or HTTP, told as STEAD_REMOTE')
  rare('--display-name <text>', 'name for people')
  rare('--description <text>', 'one line for people')
  rare('--start-type <type>', 'auto, delayed, manual (default) or disabled')
  rare('--group <name>', 'group to run as')
  rareList('--depends-on <name>', 'service to start first; may be given often')
  rare('--restart-delay <time>', 'wait before a restart (default 1s)')
  rare('--restart-limit <n/time>', 'at most so many starts in a time (default 5/1m), or none')
  rare('--start-timeout <time>', 'until it has to be ready (default 90s)')
  rare('--stop-timeout <time>', 'until it has to have stopped (default 10s)')
  rare('--kill-mode <mode>', 'control-group, mixed (default), process or none')
  rare('--watchdog <time>', 'longest silence between two heartbeats')
  rare('--memory <size>', 'limit of memory, such as 512M')
  rare('--cpu <percent>', 'limit of processor time: 50% is half a core')
  rare('--open-files <number>', 'limit of open files')
  rare('--processes <number>', 'limit of processes and threads')
  rare('--priority <class>', 'Windows: idle, below-normal … realtime')
  rare('--affinity <list>', 'Windows: processors that it may run on: 0,2-3')
  rare('--no-kill-on-close', 'Windows: its processes may outlive the guard')
  rare('--start-group <name>', 'Windows: its load order group')
  rareList('--depends-on-group <name>', 'Windows: group to start first; may be given often')
  rare('--service-sid <type>', 'Windows: none (default), unrestricted, restricted')
  rareList('--privilege <name>', 'Windows: the only one it keeps; may be given often')
  rare('--security-descriptor <sddl>', 'Windows: who may do what with the service')
  rare('--preshutdown-timeout <time>', 'Windows: to stop in when the machine goes down')
  rare('--error-control <how>', 'Windows: ignore, normal (default), severe, critical')
  rare('--password-stdin', 'Windows: password of the account, else it is asked for')
  rare('--allow-writable', 'Windows: also where others can replace the program')
  rare('--native', 'the program is built with the SDK of stead')
  return command
}
