import type { InstanceStatus } from '../../model/guard-status.ts'
import type { VerbResult } from '../../model/ports/guard-api.ts'
import { signalName } from '../../model/signal-name.ts'
import { FAULTS, RpcFault } from './faults.ts'
import { method, type RpcContext, type RpcMethod, waitingMethod } from './method.ts'
import { processInfo } from './process-info.ts'
import { groupNamed, type NamedProcess, oneNamed, processNamed } from './process-names.ts'
import { isSignallable, isStarted, isStoppable } from './process-states.ts'
import type { RpcResult } from './rpc-value.ts'

/** What is done to many at once, and how the answer of one is told. */
interface Verb {
  readonly fits: (status: InstanceStatus) => boolean
  /** The fault of one alone that it is not for. */
  readonly unfit: (process: NamedProcess, named: string) => RpcFault
  readonly act: (
    context: RpcContext,
    ids: readonly string[],
    wait: boolean,
  ) => Promise<readonly VerbResult[]>
  readonly faultOf: (result: VerbResult, named: string) => RpcFault
}

const START: Verb = {
  fits: (status) => !isStarted(status),
  unfit: (_, named) => new RpcFault('ALREADY_STARTED', named),
  act: ({ api, caller }, names, wait) => api.act('start', { names }, caller, { wait }),
  faultOf: startFault,
}

const STOP: Verb = {
  fits: isStoppable,
  unfit: (_, named) => new RpcFault('NOT_RUNNING', named),
  act: ({ api, caller }, names, wait) => api.act('stop', { names }, caller, { wait }),
  faultOf: ({ error }) => new RpcFault('FAILED', error?.message),
}

const CLEAR: Verb = {
  fits: () => true,
  unfit: (_, named) => new RpcFault('FAILED', named),
  act: ({ api, caller }, names) => api.clearLogs({ names }, caller),
  faultOf: ({ error }) => new RpcFault('FAILED', error?.message),
}

function signalVerb({ signals }: RpcContext, word: string): Verb {
  const signal = signalNamed(signals, word)
  return {
    fits: isSignallable,
    unfit: (_, named) => new RpcFault('NOT_RUNNING', named),
    async act({ api }, names) {
      if (signal === null) throw new RpcFault('BAD_SIGNAL', word)
      return api.signal({ names }, signal, 'leader')
    },
    faultOf: ({ error }) => new RpcFault('FAILED', error?.message),
  }
}

/** By its name with or without SIG, or its number here. */
function signalNamed(signals: RpcContext['signals'], word: string): string | null {
  const text = word.trim()
  const name = /^\d+$/.test(text)
    ? Object.keys(signals).find((key) => signals[key] === Number(text))
    : text
  return name === undefined ? null : signalName(name)
}

/**
 * A program that could not be executed is told from one that has ended by itself, which supervisor
 * calls a spawn error, and from one that did not become ready.
 */
function startFault({ status }: VerbResult, named: string): RpcFault {
  const last = status.pid === null ? status.lastExit : null
  if (last?.exit.kind !== 'spawn-error') {
    return new RpcFault(last?.cause === 'itself' ? 'SPAWN_ERROR' : 'ABNORMAL_TERMINATION', named)
  }
  const { errno } = last.exit
  if (errno === 'ENOENT') return new RpcFault('NO_FILE', named)
  const refused = ['EACCES', 'ENOEXEC', 'EISDIR', 'EPERM'].includes(errno)
  return new RpcFault(refused ? 'NOT_EXECUTABLE' : 'SPAWN_ERROR', named)
}

/** One process, or all of a group. */
async function named(
  context: RpcContext,
  name: string,
  verb: Verb,
  wait: boolean,
): Promise<RpcResult> {
  const found = processNamed(context.processes(), name)
  if (!('status' in found)) return many(context, found, verb, wait)
  if (!verb.fits(found.status)) throw verb.unfit(found, name)
  const [result] = await verb.act(context, [found.status.id], wait)
  if (result !== undefined && !result.done) throw verb.faultOf(result, name)
  return true
}

/** Those that it is for; the others are not mentioned, as supervisor does it. */
async function many(
  context: RpcContext,
  processes: readonly NamedProcess[],
  verb: Verb,
  wait: boolean,
): Promise<RpcResult> {
  const fitting = processes.filter(({ status }) => verb.fits(status))
  // No names would mean everything.
  if (fitting.length === 0) return []
  const ids = fitting.map(({ status }) => status.id)
  let results: readonly VerbResult[] = []
  let refused: RpcFault | null = null
  try {
    results = await verb.act(context, ids, wait)
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error
    refused = error
  }
  const byId = new Map(results.map((result) => [result.id, result]))
  return fitting.map(({ name, group, status }) => {
    const result = byId.get(status.id)
    const fault = refused ?? (result?.done === false ? verb.faultOf(result, name) : null)
    return {
      name,
      group,
      status: fault?.code ?? FAULTS.SUCCESS,
      description: fault?.message ?? 'OK',
    }
  })
}

function infos({ api, now }: RpcContext, processes: readonly NamedProcess[]): RpcResult[] {
  const names = processes.length === 1 ? processes.map(({ status }) => status.id) : []
  const files = api.logFiles({ names })
  return processes.map((one) => processInfo(one, files.get(one.status.id) ?? null, now()))
}

/** Three methods of a verb: for a name, for a group, for everything. */
export const PROGRAM_METHODS: Readonly<Record<string, RpcMethod>> = {
  startProcess: waitingMethod(
    'boolean',
    ['string'],
    'Starts a process, named as name, group:name or group:*; with wait (true) answers when it runs.',
    (context, wait, name) => named(context, name, START, wait),
  ),
  startProcessGroup: waitingMethod(
    'array',
    ['string'],
    'Starts what is stopped of a group; a struct with status and description for each.',
    (context, wait, name) => many(context, groupNamed(context.processes(), name), START, wait),
  ),
  startAllProcesses: waitingMethod(
    'array',
    [],
    'Starts everything that is stopped; a struct with status and description for each.',
    (context, wait) => many(context, context.processes(), START, wait),
  ),
  stopProcess: waitingMethod(
    'boolean',
    ['string'],
    'Stops a process, named as name, group:name or group:*; with wait (true) answers when all of it has ended.',
    (context, wait, name) => named(context, name, STOP, wait),
  ),
  stopProcessGroup: waitingMethod(
    'array',
    ['string'],
    'Stops what runs of a group, in the order of dependencies; a struct with status and description for each.',
    (context, wait, name) => many(context, groupNamed(context.processes(), name), STOP, wait),
  ),
  stopAllProcesses: waitingMethod(
    'array',
    [],
    'Stops everything that runs, in the order of dependencies; a struct with status and description for each.',
    (context, wait) => many(context, context.processes(), STOP, wait),
  ),
  signalProcess: method(
    'boolean',
    ['string', 'signal'],
    'Sends a signal, by name (HUP) or number (1), to a process.',
    (context, name, signal) => {
      processNamed(context.processes(), name)
      // Of a known name the signal is looked at first, whether it runs or not.
      if (signalNamed(context.signals, signal) === null) throw new RpcFault('BAD_SIGNAL', signal)
      return named(context, name, signalVerb(context, signal), false)
    },
  ),
  signalProcessGroup: method(
    'array',
    ['string', 'signal'],
    'Sends a signal to what runs of a group; a struct with status and description for each.',
    (context, name, signal) =>
      many(context, groupNamed(context.processes(), name), signalVerb(context, signal), false),
  ),
  signalAllProcesses: method(
    'array',
    ['signal'],
    'Sends a signal to everything that runs; a struct with status and description for each.',
    (context, signal) => many(context, context.processes(), signalVerb(context, signal), false),
  ),
  getProcessInfo: method(
    'struct',
    ['string'],
    'What is known of a process: state, pid, times, log.',
    (context, name) => infos(context, [oneNamed(context.processes(), name)])[0] as RpcResult,
  ),
  getAllProcessInfo: method(
    'array',
    [],
    'What is known of every process, in the order of groups and names.',
    (context) => infos(context, context.processes()),
  ),
  clearProcessLogs: method(
    'boolean',
    ['string'],
    'Empties the log of a process.',
    (context, name) => {
      oneNamed(context.processes(), name)
      return named(context, name, CLEAR, true)
    },
  ),
  clearAllProcessLogs: method(
    'array',
    [],
    'Empties every log; a struct with status and description for each.',
    (context) => many(context, context.processes(), CLEAR, true),
  ),
  sendProcessStdin: method(
    'boolean',
    ['string', 'string'],
    'Always a fault: NO_FILE for a process that runs, since programs of stead read nothing from standard input.',
    ({ processes }, name) => {
      const { status } = oneNamed(processes(), name)
      throw new RpcFault(isSignallable(status) ? 'NO_FILE' : 'NOT_RUNNING', name)
    },
  ),
}
