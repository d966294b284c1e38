import { SteadError } from '../errors.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardFacts } from '../model/guard-status.ts'
import type { EventStream, GuardApi } from '../model/ports/guard-api.ts'
import { accessOf } from './access-of.ts'
import { applyChanges, servicesToRoll } from './apply.ts'
import { boot } from './boot.ts'
import { changesAtStart } from './changed-at-start.ts'
import { guardConfiguration, type ReadConfiguration } from './configuration.ts'
import { detailOf } from './detail.ts'
import { engine as makeEngine } from './engine.ts'
import { graphOf } from './graph-of.ts'
import { groupRules } from './groups.ts'
import type { Guard, GuardParts } from './guard-parts.ts'
import { closeAtRest, takeSockets } from './held-open.ts'
import { type Instance, isLive, logFilesOf, statusOf } from './instance.ts'
import { instancesOf } from './instances.ts'
import { lateMeasuring } from './late-measuring.ts'
import { hasFailed, isOver } from './outcome.ts'
import { parameterApi } from './parameter-api.ts'
import { population } from './population.ts'
import { forgetRequests, recordOf } from './restore.ts'
import { goOnRolling, rollouts as makeRollouts } from './rollouts.ts'
import { select } from './select.ts'
import { stopAll } from './stop-order.ts'
import { tallies } from './tallies.ts'
import { doesWell, watchTrial } from './trial.ts'
import { usageMeter } from './usage-meter.ts'
import { callerName, verbs as makeVerbs } from './verbs.ts'

export type { Guard, GuardEvents, GuardParts } from './guard-parts.ts'

/** A guard over the services of a configuration. Nothing happens before `start`. */
export function guard(first: ReadConfiguration, parts: GuardParts): Guard {
  const { clock, events, store } = parts
  let closing = false
  const instances = instancesOf()
  const listeners = new Map<Instance, Set<() => void>>()
  const finished = Promise.withResolvers<Awaited<Guard['ended']>>()
  const counted = tallies(clock)
  const tell = (happening: GuardHappening): void => {
    counted.note(happening)
    events.append(happening)
  }

  const save = (instance: Instance): void => store.append(recordOf(instance, clock))
  const engine = makeEngine(instances, {
    ...parts,
    tell,
    probed: counted.probed,
    save,
    failed: (instance, fatal) => groups.failed(instance, fatal),
    changed(instance, before) {
      if (instance.state.ready && !before.ready) parameters.started(instance)
      for (const look of [...(listeners.get(instance) ?? [])]) look()
      closeAtRest(instance, instances, parts)
      endWhenJobsAreDone()
    },
  })
  const { dispatch } = engine
  const { startAll, startAtBoot } = boot(dispatch)
  const groups = groupRules({
    instances,
    groups: () => configuration.current.groups,
    now: () => clock.monotonic(),
    dispatch,
    tell: (group, text) => tell({ type: 'group', group, text }),
  })
  const onChange = (instance: Instance, look: () => void): (() => void) => {
    const set = listeners.get(instance) ?? new Set()
    listeners.set(instance, set.add(look))
    return () => {
      set.delete(look)
      if (set.size === 0 && listeners.get(instance) === set) listeners.delete(instance)
    }
  }
  const people = population({
    ...parts,
    instances,
    engine,
    tell,
    onChange,
    discard(instance) {
      parts.watchers.forget(instance.id)
      parts.parameters.held.forget(instance)
      void instance.channel?.close({ remove: true })
    },
  })
  const configuration = guardConfiguration(first, {
    ...parts,
    tell,
    refuseWhenEnding,
    doingWell: (services) => services.filter((one) => doesWell(instances.ofService(one))),
    watchTrial: (services, ended) => watchTrial(services, { ...parts, instances, onChange }, ended),
    rolls: (changes, next) => servicesToRoll(changes, next, instances),
    carryOut(changes, next, rollout, by) {
      applyChanges(changes, next, rollout, { ...parts, ...applying, by })
      parameters.declared(next.services)
    },
  })
  const verbs = makeVerbs({ ...parts, instances, dispatch, reload, onChange, refuseWhenEnding })
  const rollouts = makeRollouts({ instances, renew: verbs.renew })
  const applying = { instances, engine, people, rollouts, tell, save, startAll }
  const parameters = parameterApi({
    ...parts,
    ...{ tell, instances, verbs, refuseWhenEnding },
    chosen: (selection) => chosen(selection),
  })
  const meter = usageMeter({ clock, usage: parts.usage, instances })
  const measuring = lateMeasuring(() => ({
    ...parts,
    tallies: counted,
    all: () => instances.all().filter(({ removing }) => !removing),
    statuses,
    facts,
    groups: api.groups,
    parametersOf: parameters.known,
  }))
  const chosen = (selection: Parameters<GuardApi['status']>[0]) =>
    select(selection, instances, configuration.current.groups)
  const snapshot = (): EventStream['snapshot'] => ({
    number: events.newest,
    services: statuses(instances.all()),
  })

  function statuses(of: readonly Instance[]) {
    const [now, wall] = [clock.monotonic(), clock.wall()]
    return of.map((instance) => statusOf(instance, now, wall))
  }

  function reload(instance: Instance, by: string): void {
    const { spec } = instance
    if (spec.reload.kind === 'restart') {
      dispatch(instance, { type: 'restart', by, cause: 'restart', forgive: true })
    } else {
      dispatch(instance, { type: 'reload', by, speaks: parts.watchers.hears(spec) })
    }
  }

  /** With nothing but jobs, and all of them ended, the guard has nothing left to keep. */
  function jobsAreDone(): boolean {
    const all = instances.all()
    return all.length > 0 && all.every(isOver) && started && !closing
  }

  /** Asked when everything that follows from a change has happened. */
  function endWhenJobsAreDone(): void {
    if (!jobsAreDone()) return
    parts.timers.after(0, () => {
      if (jobsAreDone()) void shutdown(false)
    })
  }

  async function shutdown(keep: boolean): Promise<void> {
    if (closing) {
      await finished.promise
      return
    }
    closing = true
    configuration.close()
    rollouts.cancel()
    const all = instances.all()
    if (!keep) {
      const plan = (instance: Instance): void => stopForShutdown(instance, { later: true })
      await stopAll(all, { instances, onChange, stop: stopForShutdown, plan })
    }
    const failed = all.filter(hasFailed).map(({ id }) => id)
    for (const instance of instances.all()) engine.release(instance)
    measuring.stop()
    parameters.close()
    parts.spawner.close()
    store.rewrite(keep ? people.records() : people.records().map(forgetRequests))
    tell({ type: 'guard', text: keep ? 'ended; its programs go on' : 'ended', severity: 6 })
    await Promise.all(
      instances.all().map(async (one) => one.channel?.close({ remove: !keep && !isLive(one) })),
    )
    await parts.output.close()
    finished.resolve({ kept: keep, failed })
  }

  function stopForShutdown(instance: Instance, more: { later?: true } = {}): void {
    dispatch(instance, { type: 'stop', by: 'shutdown', hold: false, cause: 'stop', ...more })
  }

  function refuseWhenEnding(): void {
    if (closing) throw new SteadError('GUARD_ENDING', { project: parts.facts.project })
  }

  const facts = (): GuardFacts => {
    const outlets = parts.outlets?.() ?? []
    const { facts: config } = configuration
    const remote = parts.remote?.()
    return {
      ...parts.facts,
      event: events.newest,
      config,
      ...(remote !== undefined && { remote }),
      ...(outlets.length > 0 && { outlets }),
    }
  }
  let started = false
  const api: GuardApi = {
    facts,
    access: () => accessOf(configuration.current),
    status: (selection) => ({
      guard: facts(),
      services: statuses(chosen(selection)),
    }),
    async detail(id) {
      const [instance] = chosen({ names: [id] })
      return detailOf(instance as Instance, {
        usageOf: meter,
        instances,
        groups: configuration.current.groups,
        status: statuses([instance as Instance])[0] as never,
      })
    },
    usage: (selection) => meter(chosen(selection)),
    graph: (selection) => graphOf(chosen(selection), configuration.current, counted, facts()),
    metrics: async (selection) => measuring.read(chosen(selection)),
    groups: () =>
      configuration.current.groups.map(({ name, strategy, services }) => ({
        name,
        strategy,
        services,
      })),
    async act(verb, selection, caller, options) {
      if (verb !== 'stop' && verb !== 'hold') refuseWhenEnding()
      return verbs.act(verb, chosen(selection), caller, options)
    },
    signal: (selection, signal, to) =>
      chosen(selection).map((instance) => {
        instance.child?.signal(signal, to)
        return verbs.resultOf(instance, null)
      }),
    async scale(service, count, caller) {
      refuseWhenEnding()
      const [one] = chosen({ names: [service] })
      const file = one?.nextSpec.log.file ?? null
      if (count > 1 && file !== null) {
        const problem = `${count} instances of ${service} would write one file: ${file} (log.file)`
        throw new SteadError('REQUEST_INVALID', { problem })
      }
      const { added, going } = people.scale(service, count)
      for (const { id } of added) tell({ type: 'added', id })
      startAll(added, callerName(caller))
      return [...added, ...going].map((instance) => verbs.resultOf(instance, null))
    },
    ...configuration.api,
    ...parameters.api,
    async clearLogs(selection) {
      const cleared = chosen(selection).map(async (instance) => {
        await instance.channel?.clear()
        return verbs.resultOf(instance, null)
      })
      return Promise.all(cleared)
    },
    beat(id) {
      for (const instance of chosen({ names: [id] })) instance.watch?.beat()
    },
    history: (selection) =>
      chosen(selection).flatMap(({ id, exits }) => exits.map((exit) => ({ id, ...exit }))),
    events: (since, signal) => events.subscribe(snapshot, since, signal),
    pastEvents: (since, limit) => events.since(since, limit),
    logFile: (id) => chosen({ names: [id] })[0]?.channel?.file ?? null,
    logFiles: (selection) => logFilesOf(chosen(selection)),
    shutdown: ({ keep }) => shutdown(keep),
  }

  return {
    api,
    start() {
      for (const service of configuration.current.services) people.add(service)
      const { adopted, ailing } = people.restore()
      takeSockets(instances, parts.sockets)
      tell({
        type: 'guard',
        text: adopted === 0 ? 'started' : `started; took on ${adopted}`,
        severity: 6,
      })
      parameters.begin(configuration.current.services)
      for (const instance of instances.all()) startAtBoot(instance)
      const changed = changesAtStart(instances.all())
      if (!configuration.begin({ ...changed, ailing })) goOnRolling(instances, rollouts)
      store.rewrite(people.records())
      started = true
      endWhenJobsAreDone()
      return adopted
    },
    force() {
      for (const instance of instances.all()) {
        // What is killed before its turn came is not to be started again.
        stopForShutdown(instance)
        engine.force(instance)
      }
    },
    ended: finished.promise,
  }
}
