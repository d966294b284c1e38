import { isSteadError, SteadError } from '../errors.ts'
import {
  CONFIG_POLICY,
  type ConfigCause,
  type ConfigRefusal,
  type ConfigSources,
  type ConfigVersion,
} from '../model/config-version.ts'
import type { ApplyChange, Caller } from '../model/ports/guard-api.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { ChangedAtStart } from './changed-at-start.ts'
import type {
  ConfigurationParts,
  GuardConfiguration,
  ReadConfiguration,
  Taking,
} from './configuration-parts.ts'
import { mergeSpecs } from './merge-specs.ts'
import type { Rollout } from './rollouts.ts'
import type { Trial } from './trial.ts'
import { callerName } from './verbs.ts'

export type { ConfigurationParts, ReadConfiguration } from './configuration-parts.ts'

/** What a guard runs, what it has run before, and what it has read and not taken over yet. */
export function guardConfiguration(
  first: ReadConfiguration,
  parts: ConfigurationParts,
): GuardConfiguration {
  const { clock, history, tell } = parts
  let current = first.spec
  let offered = first.spec
  /** What is gone back to. */
  let good = first
  let running: { readonly version: ConfigVersion; readonly watch: Trial } | null = null
  let refused: ConfigRefusal | null = null
  let closed = false
  /** What is asked for has to wait until it is known what the guard can go back to. */
  let begun: Promise<void> = Promise.resolve()

  const now = (): string => clock.wall().toISOString()
  const digestOf = ({ sources }: ReadConfiguration): string => history.digestOf(sources)
  const policyOf = (spec: GuardSpec) => spec.config ?? CONFIG_POLICY

  function settle(outcome: ConfigVersion['outcome'], reason: string | null): void {
    if (running === null) return
    const { version, watch } = running
    running = null
    watch.cancel()
    history.settle(version.number, outcome, reason)
    tell({ type: 'config', version: version.number, outcome, reason })
  }

  function follow(
    next: GuardSpec,
    changes: readonly ApplyChange[],
    rollout: Rollout | null,
    by: string,
  ): void {
    current = next
    parts.applied?.(next)
    parts.carryOut(changes, next, rollout, by)
  }

  function take(
    next: ReadConfiguration,
    by: string,
    cause: ConfigCause,
    trial: number,
    /** What that is to the one that is on trial, unless it is the same. */
    replaced: { readonly outcome: ConfigVersion['outcome']; readonly reason: string } = {
      outcome: 'replaced',
      reason: `by a change of ${by}`,
    },
  ): readonly ApplyChange[] {
    const planned = parts.compare(current, next.spec)
    const isSame = history.versions.at(-1)?.digest === digestOf(next)
    if (isSame && planned.every(({ action }) => action === 'nothing')) {
      refused = null
      offered = next.spec
      follow(next.spec, planned, null, by)
      return planned
    }
    const rolled = parts.rolls(planned, next.spec)
    const touched = planned.filter(({ action }) => action !== 'nothing' && action !== 'remove')
    const added = touched.filter(({ action }) => action === 'add').map(({ service }) => service)
    const changed = touched.filter(({ action }) => action !== 'add').map(({ service }) => service)
    const known = [...new Set([...changed, ...rolled])]
    // One that failed before may go on failing: that is not for this change to answer for.
    const answerable = [...added, ...parts.doingWell(known)]
    settle(replaced.outcome, replaced.reason)
    put(next, planned, { by, cause, trial, rolled, answerable })
    return planned
  }

  /** Its services follow; those that are to answer for it are watched. */
  function put(
    next: ReadConfiguration,
    planned: readonly ApplyChange[],
    { by, cause, trial, rolled, answerable }: Taking,
  ): void {
    refused = null
    offered = next.spec
    // What is gone back to is gone back to as a whole, whatever fails on the way.
    const stopsFor = cause === 'rollback' ? [] : rolled.filter((one) => answerable.includes(one))
    // A rollout that stops half way leaves two configurations: it is on trial until it is through.
    const watched = trial > 0 ? answerable : stopsFor
    const onTrial = watched.length > 0
    const outcome = onTrial ? 'trial' : 'good'
    const { keep } = policyOf(next.spec)
    const version = history.append(
      { at: now(), by, cause, changes: planned, outcome, reason: null },
      next.sources,
      keep,
    )
    tell({ type: 'config', version: version.number, outcome, reason: null })
    let watch: Trial | null = null
    const ended = (failure: string | null): void => {
      if (failure === null) watch?.begin(trial)
      else watch?.fail(failure)
    }
    follow(next.spec, planned, { services: rolled, stopsFor, ended }, by)
    if (!onTrial) {
      good = next
      return
    }
    watch = parts.watchTrial(watched, (failure) => {
      if (failure === null) {
        good = next
        settle('good', null)
      } else {
        goBack(failure)
      }
    })
    running = { version, watch }
    if (rolled.length === 0) watch.begin(trial)
  }

  /** What an earlier guard has started otherwise follows as it would follow a change. */
  function putFirst(
    before: ConfigVersion | undefined,
    { changes, ailing }: Omit<ChangedAtStart, 'isUnderWay'>,
  ): void {
    const { trial } = policyOf(first.spec)
    const rolled = parts.rolls(changes, first.spec)
    const taking = { by: 'start', cause: 'start', rolled } as const
    const well = changes.flatMap(({ service }) => (ailing.includes(service) ? [] : [service]))
    const answerable = trial > 0 ? well : well.filter((one) => rolled.includes(one))
    const earlier =
      before?.digest === digestOf(first) ? null : history.sourcesOf(before?.number ?? 0)
    if (answerable.length === 0 || earlier === null) {
      put(first, changes, { ...taking, trial: 0, answerable: [] })
      return
    }
    begun = parts.readSpec(earlier, 'rollback').then(
      (found) => {
        if (closed) return
        good = found
        put(first, changes, { ...taking, trial, answerable })
      },
      (error: Error) => {
        if (closed) return
        const text = `the configuration of the start cannot be gone back from: ${error.message}`
        tell({ type: 'guard', text, severity: 4 })
        put(first, changes, { ...taking, trial: 0, answerable: [] })
      },
    )
  }

  /** To what was good last, without reading anything that could fail. */
  function goBack(reason: string): void {
    settle('rolled-back', reason)
    take(good, 'trial', 'rollback', 0)
  }

  async function read(
    given: string | ConfigSources | null,
    cause: ConfigCause,
  ): Promise<ReadConfiguration> {
    parts.refuseWhenEnding()
    await begun
    try {
      return await parts.readSpec(given, cause)
    } catch (error) {
      if (isSteadError(error) && cause !== 'rollback') {
        const reason = withoutExcerpts(error)
        refused = { at: now(), cause, reason }
        const text = `the configuration is not taken over: ${reason}`
        if (cause !== 'apply') tell({ type: 'guard', text, severity: 4 })
      }
      throw error
    }
  }

  function versionSources(number: number): ConfigSources {
    const sources = history.sourcesOf(number)
    if (sources !== null) return sources
    const kept = history.versions.map((one) => one.number)
    throw new SteadError('VERSION_UNKNOWN', { version: number, kept })
  }

  /** A part of a configuration is no version: its texts say more than what runs. */
  function takePart(next: GuardSpec, caller: Caller): readonly ApplyChange[] {
    parts.refuseWhenEnding()
    settle('replaced', `by a change of ${callerName(caller)}`)
    const changes = parts.compare(current, next)
    const rollout = { services: parts.rolls(changes, next), stopsFor: [], ended() {} }
    follow(next, changes, rollout, callerName(caller))
    good = { ...good, spec: next }
    return changes
  }

  return {
    get current() {
      return current
    },
    get facts() {
      const newest = history.versions.at(-1)
      return {
        version: newest?.number ?? 0,
        at: newest?.at ?? null,
        outcome: newest?.outcome ?? 'good',
        refused,
      }
    },
    begin({ isUnderWay, ...changed }) {
      const before = history.versions.at(-1)
      const cut = before?.outcome === 'trial'
      // A trial that the guard did not live to see the end of has not failed.
      if (cut) history.settle(before.number, 'good', 'the guard ended during the trial')
      const isSame = before?.digest === digestOf(first)
      if (changed.changes.length > 0 && !(isSame && isUnderWay)) {
        putFirst(before, changed)
        return true
      }
      if (isSame) return false
      const { keep } = policyOf(first.spec)
      const of = {
        by: 'start',
        cause: 'start',
        changes: [],
        outcome: 'good',
        reason: null,
      } as const
      history.append({ at: now(), ...of }, first.sources, keep)
      return false
    },
    close() {
      closed = true
      running?.watch.cancel()
    },
    api: {
      configuration: () => ({ current, offered }),
      versions: () => history.versions,
      versionSources,
      async apply({ text, dryRun, trial, cause = 'apply' }, caller) {
        const next = await read(text, cause)
        if (dryRun) return parts.compare(current, next.spec)
        const period = trial ?? policyOf(next.spec).trial
        const by = cause === 'apply' ? callerName(caller) : (next.origin ?? cause)
        return take(next, by, cause, period)
      },
      async rollback(number, caller) {
        const next = await read(versionSources(number), 'rollback')
        const by = callerName(caller)
        const reason = `${by} went back to version ${number}`
        return take(next, by, 'rollback', 0, { outcome: 'rolled-back', reason })
      },
      async reread() {
        offered = (await read(null, 'apply')).spec
        return parts.compare(current, offered)
      },
      async takeOver(services, caller) {
        await begun
        return takePart(mergeSpecs(current, offered, services), caller)
      },
      async dismiss(services, caller) {
        await begun
        const nothing = { ...current, services: [], groups: [] }
        return takePart(mergeSpecs(current, nothing, services), caller)
      },
    },
  }
}

/** The lines of a file that are shown below a problem may have in them what not everybody may see. */
function withoutExcerpts(error: SteadError): string {
  if (!isSteadError(error, 'GUARD_FILE_INVALID')) return error.message
  return error.params.problems.map((problem) => problem.split('\n')[0]).join('; ')
}
