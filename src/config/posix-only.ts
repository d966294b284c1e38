import type { LogSink } from '../model/log-sink.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { GuardSettings } from './guard-schema.ts'
import type { FileProblem } from './source/config-source.ts'

/** A setting that a program asks for in vain, and what to do instead. */
export interface PosixLack {
  /** As stead.yaml has it, within a service. */
  readonly setting: string
  readonly remedy: string
}

interface Lack extends PosixLack {
  readonly isAsked: (program: ProgramSpec) => boolean
}

const ACCOUNT = 'install the service by itself with that account: stead install NAME --user ACCOUNT'

/** What a guard on Windows has nothing for, in the order in which the reference lists the settings. */
const LACKS: readonly Lack[] = [
  {
    setting: 'protocol',
    isAsked: ({ protocol }) => protocol === 'native',
    remedy: 'leave it out, and say what makes it ready: http, tcp, log or exec',
  },
  { setting: 'user', isAsked: ({ user }) => user !== null, remedy: ACCOUNT },
  { setting: 'group', isAsked: ({ group }) => group !== null, remedy: ACCOUNT },
  {
    setting: 'supplementaryGroups',
    isAsked: (program) => program.supplementaryGroups !== null,
    remedy: ACCOUNT,
  },
  {
    setting: 'umask',
    isAsked: ({ umask }) => umask !== null,
    remedy: 'leave it out: files have the rights of the directory they are made in',
  },
  {
    setting: 'nice',
    isAsked: ({ nice }) => nice !== null,
    remedy: 'leave it out, and set windows.priority',
  },
  {
    setting: 'limits.openFiles',
    isAsked: ({ limits }) => limits.openFiles !== null,
    remedy: 'leave it out: there is no such limit',
  },
  {
    setting: 'limits.coreSize',
    isAsked: ({ limits }) => limits.coreSize !== null,
    remedy: 'leave it out: there are no core files',
  },
  {
    setting: 'cgroup',
    isAsked: ({ cgroup }) => cgroup,
    remedy: 'leave it out: every program has a job object, which ends as a whole',
  },
  {
    setting: 'ready',
    // A native program tells by itself, and is named for that.
    isAsked: ({ ready, protocol }) =>
      protocol !== 'native' && (ready?.kind === 'notify' || ready?.kind === 'descriptor'),
    remedy: 'ask it in another way: http, tcp, log or exec',
  },
  {
    setting: 'log.whenFull',
    isAsked: ({ log }) => log.whenFull === 'drop',
    remedy: 'leave it out: a program waits until its lines are stored',
  },
  {
    setting: 'log.sinks',
    isAsked: ({ log }) => log.sinks.some(isLocal),
    remedy: 'name a sink that is reached by a network: syslog over UDP or TCP, loki, webhook',
  },
  {
    setting: 'windows.killOnClose',
    isAsked: ({ windows, log }) =>
      !windows.killOnClose && log.format !== 'direct' && log.format !== 'off',
    remedy: 'what it prints ends with its guard: set log.format to direct or off',
  },
  {
    setting: 'sockets',
    isAsked: ({ sockets }) => sockets.length > 0,
    remedy: 'leave them out, and let the program listen itself',
  },
  {
    setting: 'fdStoreMax',
    isAsked: ({ fdStoreMax }) => fdStoreMax > 0,
    remedy: 'leave it out: nothing is passed from one life to the next',
  },
]

/** What of a program no guard on Windows can honour. */
export function posixLacks(program: ProgramSpec): readonly PosixLack[] {
  return LACKS.filter(({ isAsked }) => isAsked(program))
}

/**
 * What no guard on Windows can honour, by its place in stead.yaml: it is refused before anything
 * starts, rather than left out in silence.
 */
export function posixProblems(
  services: Iterable<ProgramSpec>,
  { access = [] }: Pick<GuardSettings, 'access'>,
): FileProblem[] {
  const ofServices = [...services].flatMap((program) =>
    posixLacks(program).map(({ setting, remedy }) => ({
      path: ['services', program.name, ...setting.split('.')],
      message: `a guard on Windows has it not; ${remedy}`,
    })),
  )
  const rules = access.map((_, index) => ({
    path: ['access', index],
    message:
      'a guard on Windows answers its own user and administrators alone; let others in by controlTcp and its tokens',
  }))
  return [...ofServices, ...rules]
}

function isLocal(sink: LogSink): boolean {
  return sink.kind === 'journald' || (sink.kind === 'syslog' && sink.to.transport === 'unix')
}
