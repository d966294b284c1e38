import type { Permission } from '../model/access.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { GraphService } from '../model/guard-graph.ts'
import type { GuardMetrics } from '../model/guard-metrics.ts'
import type { GroupFact, GuardFacts } from '../model/guard-status.ts'
import type { Audit, AuditEntry } from '../model/ports/audit.ts'
import type { Caller, EventGap, GuardApi, Selection } from '../model/ports/guard-api.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { Access } from './access.ts'
import {
  type Act,
  bounded,
  changesOf,
  codesOf,
  labelsOf,
  outcomeOf,
  parameterAct,
  parametersOf,
  targetsOf,
  textOf,
} from './audited-act.ts'

export interface AuthorisedParts {
  readonly api: GuardApi
  readonly caller: Caller
  readonly access: Access
  readonly audit: Audit
}

/** An event of what the caller may not see is passed over in so large pages. */
const PAGE = 1_000

/**
 * What a guard does for one caller: it sees what it may see, everything else is not there; a change is
 * refused as a whole where a part of it is not the caller's, and stands in the audit log before it
 * begins. Everything that answers to somebody else than the guard itself goes through here.
 */
export function authorisedApi({ api, caller, access, audit }: AuthorisedParts): GuardApi {
  const seen = (selection: Selection): Selection => {
    const only = access.visible(caller)
    return only === null ? selection : { ...selection, only }
  }
  const mayView = (service: string): boolean => access.may(caller, 'view', service)

  function permit(permission: Permission, services: readonly string[] | null, act: Act): void {
    try {
      access.authorise(caller, permission, services, textOf(act))
    } catch (error) {
      audit.append({ caller, ...act, result: 'refused', errors: codesOf([error]) })
      throw error
    }
  }

  /** @throws NOT_INSTALLED for what the caller does not see, RIGHTS */
  function permitFor(permission: Permission, selection: Selection, act: Act): Selection {
    const own = seen(selection)
    if (access.may(caller, permission, null)) return own
    const services = api.status(own).services.map(({ service }) => service)
    permit(permission, [...new Set(services)], act)
    return own
  }

  async function noted<T>(
    act: Act,
    change: () => T | Promise<T>,
    outcome: (value: T) => Partial<AuditEntry>,
  ): Promise<T> {
    const of = audit.append({ caller, ...act, result: 'asked' })
    try {
      const value = await change()
      audit.append({ caller, ...act, of, result: 'done', ...outcome(value) })
      return value
    } catch (error) {
      audit.append({ caller, ...act, of, result: 'failed', errors: codesOf([error]) })
      throw error
    }
  }

  return {
    facts: () => factsFor(api.facts()),
    access: () => api.access(),
    status(selection) {
      const { guard, services } = api.status(seen(selection))
      return { guard: factsFor(guard), services }
    },
    async detail(id) {
      api.status(seen({ names: [id] }))
      const detail = await api.detail(id)
      return { ...detail, dependents: detail.dependents.filter(mayView) }
    },
    usage: (selection) => api.usage(seen(selection)),
    graph(selection) {
      const { guard, services } = api.graph(seen(selection))
      const groups = new Set(visibleGroups(api.groups()).map(({ name }) => name))
      const own = (one: GraphService): GraphService => ({
        ...one,
        dependsOn: Object.fromEntries(
          Object.entries(one.dependsOn).filter(([name]) => mayView(name)),
        ),
        groups: one.groups.filter((name) => groups.has(name)),
      })
      return { guard: guard === null ? null : factsFor(guard), services: services.map(own) }
    },
    async metrics(selection) {
      const found = await api.metrics(seen(selection))
      const only = access.visible(caller)
      return only === null ? found : narrowed(found, only, visibleGroups)
    },
    groups: () => visibleGroups(api.groups()),
    history: (selection) => api.history(seen(selection)),
    logFiles: (selection) => api.logFiles(seen(selection)),
    logFile(id) {
      api.status(seen({ names: [id] }))
      return api.logFile(id)
    },
    async act(verb, selection, _, options) {
      const act: Act = {
        action: verb,
        targets: targetsOf(selection),
        detail: { ...labelsOf(selection), ...(options.rolling ? { rolling: true } : {}) },
      }
      const own = permitFor('operate', selection, act)
      return noted(act, () => api.act(verb, own, caller, options), outcomeOf)
    },
    signal(selection, signal, to) {
      const detail = { signal, to, ...labelsOf(selection) }
      const act: Act = { action: 'signal', targets: targetsOf(selection), detail }
      const own = permitFor('operate', selection, act)
      const of = audit.append({ caller, ...act, result: 'asked' })
      const results = api.signal(own, signal, to)
      audit.append({ caller, ...act, of, result: 'done', ...outcomeOf(results) })
      return results
    },
    async scale(service, instances) {
      const act: Act = { action: 'scale', targets: [service], detail: { instances } }
      permitFor('administer', { names: [service] }, act)
      return noted(act, () => api.scale(service, instances, caller), outcomeOf)
    },
    async apply(options) {
      const { dryRun, trial } = options
      const detail = { ...(dryRun ? { dryRun } : {}), ...(trial == null ? {} : { trial }) }
      const act: Act = { action: 'apply', targets: [], detail }
      permit('administer', null, act)
      if (options.dryRun) return api.apply(options, caller)
      return noted(act, () => api.apply(options, caller), changesOf)
    },
    configuration() {
      const { current, offered } = api.configuration()
      const seenOf = (spec: GuardSpec): GuardSpec =>
        access.visible(caller) === null
          ? spec
          : { ...spec, services: spec.services.filter(({ name }) => mayView(name)) }
      return { current: seenOf(current), offered: seenOf(offered) }
    },
    versions() {
      permit('administer', null, { action: 'versions', targets: [] })
      return api.versions()
    },
    versionSources(number) {
      permit('administer', null, { action: `version ${number}`, targets: [] })
      return api.versionSources(number)
    },
    async rollback(version) {
      const act: Act = { action: 'rollback', targets: [], detail: { version } }
      permit('administer', null, act)
      return noted(act, () => api.rollback(version, caller), changesOf)
    },
    async reread() {
      permit('administer', null, { action: 'reread', targets: [] })
      return api.reread(caller)
    },
    async takeOver(services) {
      const act: Act = { action: 'apply', targets: bounded(services) }
      permit('administer', null, act)
      return noted(act, () => api.takeOver(services, caller), changesOf)
    },
    async dismiss(services) {
      const act: Act = { action: 'dismiss', targets: bounded(services) }
      permit('administer', null, act)
      return noted(act, () => api.dismiss(services, caller), changesOf)
    },
    async clearLogs(selection) {
      const act: Act = { action: 'clear log', targets: targetsOf(selection) }
      const own = permitFor('operate', selection, act)
      return noted(act, () => api.clearLogs(own, caller), outcomeOf)
    },
    parameters(service) {
      api.status(seen({ names: [service] }))
      return api.parameters(service)
    },
    async setParameters(service, request) {
      const act = parameterAct(service, request)
      permitFor('operate', { names: [service] }, act)
      return noted(act, () => api.setParameters(service, request, caller), parametersOf)
    },
    beat(id) {
      permitFor('operate', { names: [id] }, { action: 'beat', targets: [id] })
      api.beat(id, caller)
    },
    events(since, signal) {
      const stream = api.events(since, signal)
      const { number, services } = stream.snapshot
      return {
        snapshot: { number, services: services.filter(({ service }) => mayView(service)) },
        // Whoever sees everything now may see less before the next event.
        events: visibleEvents(stream.events),
      }
    },
    pastEvents(since, limit) {
      if (access.visible(caller) === null) return api.pastEvents(since, limit)
      const found: GuardEvent[] = []
      for (let from = since; ; ) {
        const page = api.pastEvents(from, PAGE)
        found.push(...page.filter(isVisible))
        if (page.length < PAGE || found.length >= limit) return found.slice(0, limit)
        from = (page.at(-1) as GuardEvent).number + 1
      }
    },
    async shutdown(options) {
      const detail = options.keep ? { keep: true } : {}
      const act: Act = { action: 'down', targets: [], detail }
      permit('administer', null, act)
      return noted(
        act,
        () => api.shutdown(options, caller),
        () => ({}),
      )
    },
  }

  /** Why a configuration was refused names settings of every service. */
  function factsFor(facts: GuardFacts): GuardFacts {
    const { config } = facts
    if (config === undefined || config.refused === null || access.visible(caller) === null)
      return facts
    return { ...facts, config: { ...config, refused: { ...config.refused, reason: '' } } }
  }

  function visibleGroups(groups: readonly GroupFact[]): readonly GroupFact[] {
    return groups.flatMap((group) => {
      const services = group.services.filter(mayView)
      return services.length === 0 ? [] : [{ ...group, services }]
    })
  }

  function isVisible(event: GuardEvent): boolean {
    // Their texts name services, settings and places of anybody's.
    if (event.type === 'guard' || event.type === 'sink' || event.type === 'config')
      return access.visible(caller) === null
    if (event.type !== 'group') return mayView(serviceOf(event.id))
    const { services } = api.access()
    return services.some(({ name, groups }) => groups.includes(event.group) && mayView(name))
  }

  async function* visibleEvents(
    events: AsyncIterable<GuardEvent | EventGap>,
  ): AsyncGenerator<GuardEvent | EventGap, void> {
    for await (const event of events) {
      if (!access.may(caller, 'view')) return
      if ('gap' in event || isVisible(event)) yield event
    }
  }
}

/** `api` of `api@2`. */
export function serviceOf(id: string): string {
  const at = id.indexOf('@')
  return at === -1 ? id : id.slice(0, at)
}

const known = new WeakMap<GuardMetrics, WeakMap<ReadonlySet<string>, GuardMetrics>>()

/** The same object for the same callers, so that its text is written once for all of them. */
function narrowed(
  metrics: GuardMetrics,
  only: ReadonlySet<string>,
  visibleGroups: (groups: GuardMetrics['groups']) => GuardMetrics['groups'],
): GuardMetrics {
  const byCaller = known.get(metrics) ?? new WeakMap<ReadonlySet<string>, GuardMetrics>()
  known.set(metrics, byCaller)
  const own = byCaller.get(only) ?? { ...metrics, groups: visibleGroups(metrics.groups) }
  byCaller.set(only, own)
  return own
}
