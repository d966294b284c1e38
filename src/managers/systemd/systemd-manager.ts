import type { ServiceStatus } from '../../model/service-status.ts'
import type { ServiceManager } from '../service-manager.ts'
import {
  type Context,
  contextOf,
  lookUp,
  ownMarker,
  require,
  type SystemdPorts,
  type Unit,
} from './context.ts'
import { pause, reload, resume } from './controls.ts'
import { install, uninstall } from './install.ts'
import { restart, start, stop } from './jobs.ts'
import { lastExitInJournal, readJournal } from './journal.ts'
import { planOf } from './plan.ts'
import { statusOf } from './to-status.ts'

export type { SystemdPorts } from './context.ts'

/**
 * systemd as a service manager: the machine's own (`scope: 'system'`) or the calling user's
 * (`scope: 'user'`). Services are plain unit files; nothing of stead stays resident.
 */
export function systemdManager(ports: SystemdPorts): ServiceManager {
  const context = contextOf(ports)
  return {
    kind: 'systemd',
    scope: ports.scope,
    capabilities: { pause: true, reload: true, anyExecutable: true, logs: true },
    requireAvailable: () => context.ctl.require(),
    plan: (spec) => planOf(context, spec),
    install: (plan) => install(context, plan),
    uninstall: (name) => uninstall(context, name),
    start: (name, args) => start(context, name, args),
    stop: (name) => stop(context, name),
    restart: (name) => restart(context, name),
    pause: (name) => pause(context, name),
    resume: (name) => resume(context, name),
    reload: (name) => reload(context, name),
    status: async (name) => describe(context, name, await lookUp(context, name)),
    list: () => list(context),
    async *logs(name, query) {
      await require(context, name)
      yield* readJournal(context, name, query)
    },
  }
}

/** The status, completed with what systemd itself does not keep. */
async function describe(context: Context, name: string, unit: Unit): Promise<ServiceStatus> {
  const { facts, marker } = unit
  const memory =
    facts.memory === null && facts.mainPid !== null
      ? await context.processes.memory(facts.mainPid)
      : null
  const forgotten = facts.exitCode === 0 && (facts.restarts ?? 0) > 0
  const lastExit = forgotten ? await lastExitInJournal(context, name) : null
  return statusOf(name, context.scope, facts, marker, { memory, lastExit })
}

async function list(context: Context): Promise<readonly ServiceStatus[]> {
  const { files, directory, ctl } = context
  await ctl.require()
  const own: string[] = []
  for (const file of await files.names(directory)) {
    if (!file.endsWith('.service')) continue
    const text = await files.readText(`${directory}/${file}`).catch(() => null)
    if (ownMarker(context, text) !== null) own.push(file.slice(0, -'.service'.length))
  }
  const facts = await ctl.show(own)
  const statuses: ServiceStatus[] = []
  for (const [index, name] of own.entries()) {
    const found = facts[index]
    if (found === undefined) continue
    const text = await files.readText(`${directory}/${name}.service`)
    statuses.push(await describe(context, name, { facts: found, marker: ownMarker(context, text) }))
  }
  return statuses
}
