import type { Home } from '../../model/home.ts'
import type { Scope } from '../../model/service-spec.ts'
import { commandLine, quoteArgument } from '../windows-command-line.ts'

/**
 * "The data value for a key is a command line no longer than 260 characters" ("Run and RunOnce
 * Registry Keys", Microsoft Learn).
 */
export const MAX_RUN_VALUE = 260

/** How stead is started on this machine, and for whom. */
export interface RunProgram {
  /** Of the installation. */
  readonly home: Home
  /** `system` for every user who logs on. */
  readonly scope: Scope
  /** node, its options, and the file of the command. */
  readonly stead: readonly string[]
  /** The conhost.exe of the system. */
  readonly consoleHost: string
}

/**
 * The words by which the guard of a service is started: at logon and by `start` alike. One for all users
 * keeps its things with the user that it runs as, wherever the installation has its own.
 */
export function guardCommand(
  name: string,
  { home, scope, stead }: Pick<RunProgram, 'home' | 'scope' | 'stead'>,
): string[] {
  const place = home.root === null || scope === 'system' ? [] : ['--home', home.root]
  return [...stead, 'run', name, '--scope', scope, '--at-logon', ...place]
}

/**
 * The value below Run. node.exe is a console program, for which Windows would open a window at logon;
 * `conhost.exe --headless` gives it a console that has none. Windows Terminal and others start
 * programs so; Microsoft documents it nowhere. It is there since Windows 10 1809.
 */
export function runValue(name: string, program: RunProgram): string {
  const { consoleHost } = program
  const [node = 'node.exe', ...args] = guardCommand(name, program)
  // What follows --headless is the command line of the program, whose path stands in quotes as well.
  return `${commandLine(consoleHost, ['--headless'])} "${node}" ${args.map(quoteArgument).join(' ')}`
}
