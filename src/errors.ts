/**
 * The one table of errors. Each entry says what the message names, which command comes next,
 * and which exit code the command line ends with. `docs/reference/errors.md` is generated from it.
 *
 * Exit codes are those of systemctl (systemctl(1), "EXIT STATUS", after the LSB init-script codes):
 * 1 failure, 2 wrong use, 4 insufficient rights, 5 not installed, 6 not configured, 7 not running.
 */

import { type ErrorEntry, entry, quoted } from './error-entry.ts'
import { guardErrors } from './guard-errors.ts'
import { packErrors } from './pack-errors.ts'
import { secretErrors } from './secret-errors.ts'
import { updateErrors } from './update-errors.ts'

export const errorTable = {
  USAGE: entry<{ problem: string; verb?: string }>({
    exit: 2,
    about: 'The command line is not one that stead knows.',
    message: (p) => p.problem,
    hint: (p) => `see "stead ${p.verb === undefined ? '' : `${p.verb} `}--help"`,
  }),
  NAME_INVALID: entry<{ name: string; reason: string }>({
    exit: 2,
    about: 'A service name breaks the rules that hold on every manager.',
    message: (p) => `${quoted(p.name)} is not a service name: ${p.reason}`,
    hint: () => 'use 1 to 80 letters, digits, "-", "_" or ".", beginning with a letter or a digit',
  }),
  SPEC_INVALID: entry<{ source: string; problems: readonly string[] }>({
    exit: 2,
    about: 'The description of a service has values that cannot be used; all of them are listed.',
    message: (p) =>
      p.problems.some((problem) => problem.includes('\n'))
        ? p.problems.join('\n')
        : `${p.source}: ${p.problems.join('; ')}`,
    hint: () =>
      'correct the settings named; docs/reference/service-file.md lists each with an example',
  }),
  CONFIG_INVALID: entry<{ source: string; problems: readonly string[] }>({
    exit: 6,
    about:
      'The configuration of a program that is a service is not what its schema asks for; all of it is listed, with file, line and column. At a reload the one before it stays.',
    message: (p) =>
      p.problems.length === 1
        ? (p.problems[0] as string)
        : `${p.source} has ${p.problems.length} problems\n${p.problems.join('\n')}`,
    hint: () => 'correct what is named; docs/guide/configuration.md says where settings come from',
  }),
  CONFIG_MIXED: entry<{ reason: string }>({
    exit: 1,
    about:
      'A part of a service refused a new configuration, and another that had accepted it could not go back to the old one. The service ends, so that it never runs with a mix.',
    message: (p) => `a refused configuration could not be gone back from: ${p.reason}`,
    hint: () => 'correct the configuration before it is started again; see its log for the refusal',
  }),
  FILE_UNREADABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    about: 'A file that was named cannot be read.',
    message: (p) => `cannot read ${p.path}: ${p.reason}`,
    hint: (p) => `check that ${p.path} exists and that you may read it`,
  }),
  COMMAND_UNUSABLE: entry<{ command: string; reason: string; remedy: string }>({
    exit: 2,
    about:
      'The program of a service does not exist, is a directory, is not executable or is relative.',
    message: (p) => `${quoted(p.command)} cannot be the program of a service: ${p.reason}`,
    hint: (p) => p.remedy,
  }),
  CWD_UNUSABLE: entry<{ path: string; reason: string }>({
    exit: 2,
    about: 'The working directory of a service does not exist or is not a directory.',
    message: (p) => `${p.path} cannot be the working directory: ${p.reason}`,
    hint: (p) => `create it first: mkdir -p ${p.path}`,
  }),
  USER_UNKNOWN: entry<{ kind: 'user' | 'group'; name: string; remedy?: string }>({
    exit: 2,
    about: 'The user or group that a service shall run as does not exist on this machine.',
    message: (p) => `there is no ${p.kind} ${quoted(p.name)} on this machine`,
    hint: (p) =>
      p.remedy ??
      `create it first: ${p.kind === 'user' ? 'useradd --system' : 'groupadd --system'} ${p.name}`,
  }),
  PASSWORD_NEEDED: entry<{ account: string }>({
    exit: 2,
    about:
      'A Windows service shall run as a user, and Windows does not have the password yet. Nothing was changed.',
    message: (p) => `${p.account} needs its password`,
    hint: () =>
      'run the same command in a terminal, which asks for it, or give it on standard input with --password-stdin',
  }),
  PASSWORD_UNUSED: entry<{ account: string }>({
    exit: 2,
    about: 'A password was given for an account that has none of its own. Nothing was changed.',
    message: (p) => `${p.account} has no password that could be given`,
    hint: () => 'leave --password-stdin out, or name a user: --user DOMAIN\\\\name',
  }),
  PROGRAM_REPLACEABLE: entry<{ path: string; file: string; who: string; account: string }>({
    exit: 2,
    about:
      'Ordinary users can replace what a Windows service runs, or a folder on the way to it, and so act as the account of the service. Nothing was changed.',
    message: (p) =>
      `${p.who} can replace ${quoted(p.file)}${p.path === p.file ? '' : ` by way of ${quoted(p.path)}`}, and so act as ${p.account}`,
    hint: () =>
      'move it below C:\\Program Files, or take the right away with icacls; --allow-writable installs it all the same',
  }),
  UNSUPPORTED: entry<{ name: string; manager: string; settings: readonly string[] }>({
    exit: 2,
    about: 'The manager cannot honour a setting. Nothing was changed.',
    message: (p) => `${p.manager} cannot honour what ${p.name} asks for: ${p.settings.join('; ')}`,
    hint: (p) => `leave the settings out, or see the whole plan: stead install ${p.name} --dry-run`,
  }),
  RIGHTS: entry<{ action: string; right: string; remedy: string }>({
    exit: 4,
    about: 'The caller lacks a right. Nothing was changed.',
    message: (p) => `no right to ${p.action}: it needs ${p.right}`,
    hint: (p) => p.remedy,
  }),
  NOT_INSTALLED: entry<{ name: string; manager: string; near?: string | null }>({
    exit: 5,
    about: 'A verb names a service that the manager does not have.',
    message: (p) =>
      `${p.manager} has no service ${quoted(p.name)}${p.near == null ? '' : `; did you mean ${p.near}?`}`,
    hint: () => 'see which there are: stead list',
  }),
  FOREIGN: entry<{ name: string; manager: string; where: string }>({
    exit: 1,
    about: 'A service of that name exists and stead did not install it, or another stead home did.',
    message: (p) =>
      `${quoted(p.name)} exists in ${p.manager} (${p.where}) and is not of this stead`,
    hint: () => 'choose another name, or remove it with the tool that installed it',
  }),
  BUSY: entry<{ name: string; holder: string }>({
    exit: 1,
    about: 'Another stead command is changing the same service.',
    message: (p) => `${quoted(p.name)} is being changed by ${p.holder}`,
    hint: () => 'wait until it has ended and try again',
  }),
  MANAGER_UNAVAILABLE: entry<{ manager: string; reason: string; remedy: string }>({
    exit: 1,
    about: 'The manager cannot be reached on this machine or in this session.',
    message: (p) => `${p.manager} cannot be reached: ${p.reason}`,
    hint: (p) => p.remedy,
  }),
  MANAGER_TIMEOUT: entry<{ manager: string; action: string; seconds: number }>({
    exit: 1,
    about: 'The manager did not finish in time. What it began may still go on.',
    message: (p) => `${p.manager} did not ${p.action} within ${p.seconds} s`,
    hint: () => 'see what state it is in: stead status NAME',
  }),
  MANAGER_FAILED: entry<{ manager: string; action: string; detail: string; remedy?: string }>({
    exit: 1,
    about: 'The manager refused or failed; its own words and number are in the message.',
    message: (p) => `${p.manager} could not ${p.action}: ${p.detail}`,
    hint: (p) => p.remedy ?? 'see the state and the log: stead status NAME; stead logs NAME -n 50',
  }),
  NOT_RUNNING: entry<{ name: string; action: string }>({
    exit: 7,
    about: 'A verb needs a running service and it is not running.',
    message: (p) => `${quoted(p.name)} is not running, so it cannot ${p.action}`,
    hint: (p) => `start it first: stead start ${p.name}`,
  }),
  TRANSITION_ILLEGAL: entry<{ from: string; action: string; legal: readonly string[] }>({
    exit: 1,
    about: 'A service was asked for something its present state does not allow.',
    message: (p) =>
      `cannot ${p.action} while ${p.from}; legal now: ${p.legal.length === 0 ? 'nothing' : p.legal.join(', ')}`,
    hint: () => 'see the state: stead status NAME',
  }),
  VERB_UNSUPPORTED: entry<{ name: string; action: string; manager: string; reason: string }>({
    exit: 2,
    about: 'The manager, or the service itself, does not know a verb.',
    message: (p) => `${p.manager} cannot ${p.action} ${p.name}: ${p.reason}`,
    hint: () => 'stead status NAME shows what the service accepts',
  }),
  START_FAILED: entry<{ name: string; reason: string }>({
    exit: 1,
    about: 'A service did not come up: its start threw, rejected, or its process ended.',
    message: (p) => `${quoted(p.name)} did not start: ${p.reason}`,
    hint: (p) => `read its log: stead logs ${p.name} -n 50`,
  }),
  START_TIMEOUT: entry<{ name: string; seconds: number }>({
    exit: 1,
    about: 'A service did not become ready within its start timeout.',
    message: (p) => `${quoted(p.name)} was not ready within ${p.seconds} s`,
    hint: () => 'raise startTimeout, or call context.extendTimeout() while start is busy',
  }),
  STOP_TIMEOUT: entry<{ name: string; seconds: number }>({
    exit: 1,
    about: 'A service did not stop by itself within its stop timeout.',
    message: (p) => `${quoted(p.name)} did not stop within ${p.seconds} s`,
    hint: () => 'raise stopTimeout, or look for what onStop and stop wait for',
  }),
  SURVIVORS: entry<{ name: string; pids: string; first: number }>({
    exit: 1,
    about: 'A service was stopped by all declared steps and processes of it live on.',
    message: (p) => `${quoted(p.name)} could not be ended: ${p.pids} live on`,
    hint: (p) => `see what they wait for: cat /proc/${p.first}/wchan`,
  }),
  VERB_TIMEOUT: entry<{ name: string; verb: string; why: string }>({
    exit: 1,
    about: 'A guard did what it was asked, and the service has not got there in its time.',
    message: (p) => `${quoted(p.name)}: ${p.verb} is not done yet: ${p.why}`,
    hint: (p) => `see why: stead explain ${p.name}`,
  }),
  SERVICE_FAILED: entry<{ name: string; reason: string }>({
    exit: 1,
    about:
      'A running service failed: an uncaught exception, an unhandled rejection, or process.exit.',
    message: (p) => `${quoted(p.name)} failed: ${p.reason}`,
    hint: (p) => `read its log: stead logs ${p.name} -n 50`,
  }),
  ...guardErrors,
  ...secretErrors,
  ...packErrors,
  ...updateErrors,
  PLATFORM_UNSUPPORTED: entry<{ feature: string; platform: string }>({
    exit: 1,
    about: 'Something was asked for that this operating system does not have.',
    message: (p) => `${p.feature} is not there on ${p.platform}`,
    hint: () => 'docs/guide/platforms.md says what works where',
  }),
  INTERNAL: entry<{ detail: string }>({
    exit: 1,
    about: 'A defect of stead itself.',
    message: (p) => `a defect in stead: ${p.detail}`,
    hint: () => 'please report it with the output of the same command and --verbose',
  }),
} as const

export type ErrorCode = keyof typeof errorTable
export type ErrorParams<C extends ErrorCode> = Parameters<(typeof errorTable)[C]['message']>[0]

/** The only class of error that stead throws. Tell errors apart by `code`, never by the message. */
export class SteadError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SteadError'
  readonly code: C
  readonly params: ErrorParams<C>
  readonly hint: string
  /** Exit code for a command line that ends with this error. */
  readonly exit: number

  constructor(
    code: C,
    params: ErrorParams<C>,
    { told, ...options }: { cause?: unknown; told?: ToldError } = {},
  ) {
    const row = errorTable[code] as unknown as ErrorEntry<ErrorParams<C>>
    super(told?.message ?? row.message(params), options)
    this.code = code
    this.params = params
    this.hint = told?.hint ?? row.hint(params)
    this.exit = row.exit
  }
}

/** An error as one process tells it to another. */
export interface ToldError {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/**
 * The error that another process told of, word for word. Its `params` are empty: they stayed there.
 * A code that this version does not know becomes `INTERNAL` and keeps its words.
 */
export function errorFrom(told: ToldError): SteadError {
  const code = Object.hasOwn(errorTable, told.code) ? (told.code as ErrorCode) : 'INTERNAL'
  return new SteadError(code, {} as ErrorParams<ErrorCode>, { told })
}

/** True for a {@link SteadError}, of the given code where one is named. */
export function isSteadError<C extends ErrorCode>(
  error: unknown,
  code?: C,
): error is SteadError<C> {
  return error instanceof SteadError && (code === undefined || error.code === code)
}
