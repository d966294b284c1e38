import { entry } from './error-entry.ts'

/** The part of the table of errors that is about the guard, its file and its socket. */
export const guardErrors = {
  CONFIG_WRITABLE: entry<{ file: string; path: string; who: string; account: string }>({
    exit: 2,
    about:
      'The guard runs as root (on Windows as the system, a service or an administrator), and somebody else may change a file of its configuration, or exchange it or a directory on the way to it, and so act as root. Nothing was changed.',
    message: (p) =>
      `${p.who} may change ${JSON.stringify(p.file)}${p.path === p.file ? '' : ` by way of ${JSON.stringify(p.path)}`}, and so act as ${p.account}`,
    hint: (p) =>
      `take that away (chown root ${p.path}; chmod go-w ${p.path}; on Windows icacls); stead up --allow-writable takes it all the same`,
  }),
  GUARD_FILE_INVALID: entry<{ source: string; problems: readonly string[] }>({
    exit: 2,
    about:
      'stead.yaml has something that cannot be used; all of it is listed, with file, line and column. Nothing was changed.',
    message: (p) =>
      p.problems.length === 1
        ? (p.problems[0] as string)
        : `${p.source} has ${p.problems.length} problems\n${p.problems.join('\n')}`,
    hint: () =>
      'correct what is named; docs/reference/stead-yaml.md lists each setting with an example',
  }),
  REMOTE_UNAVAILABLE: entry<{ source: string; reason: string }>({
    exit: 6,
    about:
      'A remote source of settings cannot be reached, or says nothing that can be used, and there is no copy of what it said before.',
    message: (p) => `there are no settings of ${p.source}: ${p.reason}`,
    hint: () =>
      'see that it can be reached from here; optional: true starts without it; docs/guide/configuration.md#remote-settings says more',
  }),
  GUARD_FAILED: entry<{ file: string; reason: string; log: string }>({
    exit: 1,
    about: 'A guard that was started in the background ended before it answered.',
    message: (p) => `the guard of ${p.file} did not start: ${p.reason}`,
    hint: (p) => `read its log: tail ${p.log}`,
  }),
  GUARD_NOT_RUNNING: entry<{ file: string }>({
    exit: 7,
    about: 'A command needs the guard of a stead.yaml and it does not run.',
    message: (p) => `no guard runs for ${p.file}`,
    hint: () => 'start it: stead up, or stead up -d for the background',
  }),
  GUARD_ENDING: entry<{ project: string }>({
    exit: 1,
    about: 'A guard that is stopping everything was asked to start something.',
    message: (p) => `the guard of ${p.project} is ending`,
    hint: () => 'wait until it has ended, then start it again: stead up',
  }),
  WITHDRAWN: entry<{ name: string; verb: string; by: string }>({
    exit: 1,
    about: 'A stop of several waited for its turn, and somebody started the service meanwhile.',
    message: (p) => `the ${p.verb} of "${p.name}" was withdrawn: it was started by ${p.by}`,
    hint: (p) => `stop it again, if that is still wanted: stead ${p.verb} ${p.name}`,
  }),
  GUARD_UNREACHABLE: entry<{ socket: string; reason: string }>({
    exit: 1,
    about: 'No guard answers on its control socket.',
    message: (p) => `no guard answers on ${p.socket}: ${p.reason}`,
    hint: () => 'start one where the stead.yaml is: stead up -d',
  }),
  GUARD_RUNNING: entry<{ where: string; holder: string }>({
    exit: 1,
    about: 'Another guard holds the control socket or the state directory of the project.',
    message: (p) => `${p.where} is held by ${p.holder}`,
    hint: () => 'talk to that one (stead status), or end it first: stead down',
  }),
  GUARD_BUSY: entry<{ connections: number }>({
    exit: 1,
    about: 'A guard has as many clients as it takes.',
    message: (p) => `the guard has ${p.connections} clients and takes no more`,
    hint: () => 'end programs that hold a connection, such as stead logs -f, and try again',
  }),
  NOT_AUTHENTICATED: entry<{ problem: string }>({
    exit: 4,
    about: 'Somebody who came over TCP has not shown who it is, or not as it has to be shown.',
    message: (p) => p.problem,
    hint: () =>
      'send Authorization: Bearer TOKEN, or a certificate that the guard knows; docs/guide/access.md says how',
  }),
  TOO_MANY_REQUESTS: entry<{ address: string; seconds: number }>({
    exit: 1,
    about: 'Somebody who came over TCP has asked too often, or shown wrong tokens.',
    message: (p) => `too many requests from ${p.address}`,
    hint: (p) => `wait ${p.seconds} s; for what happens ask once for events, as a stream`,
  }),
  AUDIT_BROKEN: entry<{ problems: number }>({
    exit: 1,
    about:
      'The audit log of a guard is not as it was written: lines were changed, removed or moved.',
    message: (p) => `the audit log is not as it was written: ${p.problems} lines are named`,
    hint: () => 'see who may write to the state directory; docs/guide/access.md says what it means',
  }),
  CONFIG_ROLLED_BACK: entry<{ version: number; reason: string }>({
    exit: 1,
    about:
      'A configuration was taken over, failed in its trial, and the guard went back to the one before.',
    message: (p) => `configuration ${p.version} was taken back: ${p.reason}`,
    hint: () => 'correct the file and apply it again; stead config history has what happened',
  }),
  VERSION_UNKNOWN: entry<{ version: number; kept: readonly number[] }>({
    exit: 2,
    about: 'A version of the configuration was asked for that the guard does not keep (any more).',
    message: (p) =>
      p.kept.length === 0
        ? `there is no version ${p.version}: none is kept`
        : `there is no version ${p.version}: ${p.kept[0]} to ${p.kept.at(-1)} are kept`,
    hint: () => 'see which there are: stead config history',
  }),
  PARAMETER_INVALID: entry<{ service: string; problems: readonly string[] }>({
    exit: 2,
    about:
      'A parameter was to be set that a service does not have, or to what it may not be. Nothing of what was asked for was set.',
    message: (p) =>
      p.problems.length === 1
        ? (p.problems[0] as string)
        : `parameters of ${p.service}: ${p.problems.length} problems\n${p.problems.join('\n')}`,
    hint: (p) => `see what there is, and within what: stead set ${p.service}`,
  }),
  PARAMETER_REFUSED: entry<{ service: string; reason: string }>({
    exit: 1,
    about:
      'A service refused values of its parameters, or could not take them. It goes on with the old ones.',
    message: (p) => `${p.service} does not take it: ${p.reason}`,
    hint: (p) => `it has the values it had before; its log may say more: stead logs ${p.service}`,
  }),
  PARAMETERS_NONE: entry<{ service: string }>({
    exit: 2,
    about: 'A service was asked for its run-time parameters and is not known to have any.',
    message: (p) => `${p.service} has no parameters that are known`,
    hint: () =>
      'declare them: parameters in stead.yaml, or in defineService; a program tells its own when it has started once',
  }),
  SOCKET_PATH_TOO_LONG: entry<{ path: string; bytes: number; limit: number }>({
    exit: 2,
    about: 'The path of a control socket is longer than the system allows (sun_path, unix(7)).',
    message: (p) => `${p.path} cannot be a socket: ${p.bytes} bytes, and the limit is ${p.limit}`,
    hint: () => 'use a stead home with a shorter path: stead up --home /run/NAME',
  }),
  DIRECTORY_UNSAFE: entry<{ path: string; reason: string }>({
    exit: 4,
    about: 'A directory for control sockets could be changed by somebody else.',
    message: (p) => `${p.path} is not safe for a control socket: ${p.reason}`,
    hint: (p) =>
      `look at it: ls -ld ${p.path}; then give it to its user alone: chmod 700 ${p.path}`,
  }),
  FOREIGN_INVALID: entry<{ source: string; problems: readonly string[] }>({
    exit: 2,
    about:
      'The configuration of another supervisor cannot be read: it is broken, too large, or not of the kind that was named. Nothing was written.',
    message: (p) =>
      p.problems.length === 1
        ? (p.problems[0] as string)
        : `${p.source} has ${p.problems.length} problems\n${p.problems.join('\n')}`,
    hint: () =>
      'correct what is named; "stead import --help" lists the kinds, if another one was meant',
  }),
  FOREIGN_EMPTY: entry<{ source: string }>({
    exit: 2,
    about: 'The configuration of another supervisor has no program that stead could run.',
    message: (p) => `there is no program in ${p.source} that stead could run`,
    hint: () => 'name the file or directory that has the programs: stead import KIND PATH',
  }),
  FILE_EXISTS: entry<{ path: string }>({
    exit: 1,
    about: 'A command was to write a file that is there already.',
    message: (p) => `${p.path} is there already`,
    hint: () => 'name another one with -o FILE, or replace it with --force',
  }),
  FILE_UNWRITABLE: entry<{ path: string; reason: string }>({
    exit: 1,
    about: 'A command was to write a file and the system did not let it.',
    message: (p) => `cannot write ${p.path}: ${p.reason}`,
    hint: (p) => `see who may write there: ls -ld ${p.path}`,
  }),
  REQUEST_INVALID: entry<{ problem: string }>({
    exit: 2,
    about: 'A request to the control API of a guard is not one that it knows.',
    message: (p) => p.problem,
    hint: () => 'docs/reference/control-api.md lists every request with an example',
  }),
  REQUEST_TOO_LARGE: entry<{ limit: string }>({
    exit: 2,
    about: 'The body of a request to the control API is larger than a guard reads.',
    message: (p) => `the body of the request is larger than ${p.limit}`,
    hint: () => 'send less: a stead.yaml is named by its path, with stead apply -f FILE',
  }),
} as const
