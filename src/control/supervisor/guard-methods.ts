import { isSteadError } from '../../errors.ts'
import { groupChanges, groupsOf } from './config-groups.ts'
import { configInfos } from './config-info.ts'
import { RpcFault } from './faults.ts'
import { method, type RpcContext, type RpcMethod } from './method.ts'
import type { RpcResult } from './rpc-value.ts'

/** Of supervisor's interface; supervisorctl goes on with no other one. */
const API_VERSION = '3.0'
/** The release of supervisor whose methods these are: clients decide by it what they may call. */
const SUPERVISOR_VERSION = '4.2.5'

/**
 * A configuration that cannot be used is told as supervisor does it.
 *
 * @throws RpcFault CANT_REREAD
 */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const unusable = isSteadError(error) && error.exit === 2
    throw unusable ? new RpcFault('CANT_REREAD', error.message) : error
  }
}

async function reread({ api, caller }: RpcContext): Promise<RpcResult> {
  const changes = await reading(() => api.reread(caller))
  const { current, offered } = api.configuration()
  const { added, changed, removed } = groupChanges(current, offered, changes)
  return [[added, changed, removed]]
}

async function add({ api, caller }: RpcContext, name: string): Promise<RpcResult> {
  const { current, offered } = api.configuration()
  const services = groupsOf(offered).get(name)
  if (services === undefined) throw new RpcFault('BAD_NAME', name)
  if (groupsOf(current).has(name)) throw new RpcFault('ALREADY_ADDED', name)
  await api.takeOver(
    services.map((service) => service.name),
    caller,
  )
  return true
}

async function remove({ api, caller, processes }: RpcContext, name: string): Promise<RpcResult> {
  const services = groupsOf(api.configuration().current).get(name)
  if (services === undefined) throw new RpcFault('BAD_NAME', name)
  const lives = processes().some(
    ({ group, status: { phase, pid } }) =>
      group === name && (pid !== null || !['stopped', 'exited', 'fatal', 'lost'].includes(phase)),
  )
  if (lives) throw new RpcFault('STILL_RUNNING', name)
  await api.dismiss(
    services.map((service) => service.name),
    caller,
  )
  return true
}

/** supervisor ends everything, reads its configuration and begins anew; the guard itself goes on. */
async function restart({ api, caller }: RpcContext): Promise<RpcResult> {
  await reading(() => api.apply({ text: null, dryRun: false }, caller))
  const { services } = api.configuration().current
  const names = (autostart: boolean): string[] =>
    services.filter((one) => one.autostart === autostart && one.instances > 0).map((s) => s.name)
  const [up, down] = [names(true), names(false)]
  if (up.length > 0) await api.act('restart', { names: up }, caller, { wait: false })
  if (down.length > 0) await api.act('stop', { names: down }, caller, { wait: false })
  return true
}

/** Answers as soon as it is under way: nobody could read an answer that comes when all is over. */
async function shutdown({ api, caller }: RpcContext): Promise<RpcResult> {
  const over = api.shutdown({ keep: false }, caller).then(
    () => null,
    (error: unknown) => ({ error }),
  )
  const refused = await Promise.race([over, new Promise<null>((turn) => setImmediate(turn, null))])
  if (refused !== null) throw refused.error
  return true
}

const getAPIVersion = method('string', [], 'The version of this interface.', () => API_VERSION)

export const GUARD_METHODS: Readonly<Record<string, RpcMethod>> = {
  getAPIVersion,
  getVersion: getAPIVersion,
  getSupervisorVersion: method(
    'string',
    [],
    'The version of supervisor whose methods these are.',
    () => SUPERVISOR_VERSION,
  ),
  getIdentification: method(
    'string',
    [],
    'The name of the project.',
    ({ api }) => api.facts().project,
  ),
  getState: method(
    'struct',
    [],
    'Whether the guard works: always RUNNING while it answers.',
    () => ({
      statecode: 1,
      statename: 'RUNNING',
    }),
  ),
  getPID: method('int', [], 'The process id of the guard.', ({ api }) => api.facts().pid),
  getAllConfigInfo: method(
    'array',
    [],
    'The settings of each process, as they were read last.',
    ({ api, signals }) => {
      const { current, offered } = api.configuration()
      const active = groupsOf(current)
      const serverUrl = `unix://${api.facts().socket}`
      const infos = [...groupsOf(offered)].flatMap(([group, services]) =>
        services.map((spec) => ({ spec, group, inUse: active.has(group), serverUrl })),
      )
      return infos
        .sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1))
        .flatMap((info) => configInfos(info, signals))
    },
  ),
  reloadConfig: method(
    'array',
    [],
    'Reads stead.yaml anew and takes nothing over: [[groups that are new, have changed, are gone]].',
    reread,
  ),
  addProcessGroup: method(
    'boolean',
    ['string'],
    'Takes over a group that is new in what was read last, and starts what starts by itself.',
    add,
  ),
  removeProcessGroup: method(
    'boolean',
    ['string'],
    'Removes a group that is stopped; addProcessGroup brings it back while stead.yaml has it.',
    remove,
  ),
  restart: method(
    'boolean',
    [],
    'Takes over stead.yaml and restarts everything that starts by itself; the guard goes on.',
    restart,
  ),
  shutdown: method('boolean', [], 'Stops everything in order and ends the guard.', shutdown),
  sendRemoteCommEvent: method(
    'boolean',
    ['string', 'string'],
    'Always the fault FAILED: nothing of stead listens for such events.',
    () => {
      throw new RpcFault('FAILED', 'stead has no listeners for remote communication events')
    },
  ),
}
