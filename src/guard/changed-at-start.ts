/** What an earlier guard has started with other settings than it has now. */
import { fingerprintOf, needRestart, settingsBetween } from '../config/fingerprint.ts'
import type { InstanceRecord } from '../model/instance-record.ts'
import type { ApplyChange } from '../model/ports/guard-api.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { type Instance, isOutdated } from './instance.ts'
import { serves } from './rollouts.ts'

/** What a guard finds changed of that which it has taken on. */
export interface ChangedAtStart {
  readonly changes: readonly ApplyChange[]
  /** Services that an earlier guard has left in trouble. */
  readonly ailing: readonly string[]
  /** All of it is what an earlier guard was about to restart, one after another. */
  readonly isUnderWay: boolean
}

/**
 * Sets an instance beside its record, before its process is taken on. What was started otherwise keeps
 * what is known of that: how it is to be stopped, and that it is not to be asked what only the new one
 * may know to answer.
 *
 * Where nothing is written down of it, it is taken for what it would be started with now.
 *
 * @param life the one that is taken on; null for that of the record
 * @returns the settings that are other ones now
 */
export function compareWithRecord(
  instance: Instance,
  record: InstanceRecord | undefined,
  life: number | null,
): readonly string[] {
  const now = fingerprintOf(instance.nextSpec)
  // Of a life that was begun in the moment before a guard was killed nothing is written down.
  const known = record !== undefined && (life ?? record.incarnation) === record.incarnation
  const outdated = known && record.outdated === true
  const then = (known ? record.startedWith : undefined) ?? (outdated ? null : now)
  const settings = then === null ? [] : settingsBetween(then, now)
  instance.startedWith = now
  if (known && (outdated || needRestart(settings))) {
    instance.startedWith = then
    instance.spec = asItWas(instance.nextSpec, record, settings)
    instance.guessed = instance.spec
    if (outdated) instance.outdated = instance.spec
  }
  return settings
}

function asItWas(
  spec: ProgramSpec,
  { stop, ready }: InstanceRecord,
  settings: readonly string[],
): ProgramSpec {
  return {
    ...spec,
    stop,
    ...(ready ? { ready: null } : {}),
    ...(settings.includes('health') ? { health: null } : {}),
    ...(settings.includes('heartbeat') ? { heartbeat: null } : {}),
  }
}

/** Whether its newest life, which this guard has not started, was started with other settings than these. */
export function wasStartedOtherwise({ startedWith }: Instance, spec: ProgramSpec): boolean {
  return startedWith === null || needRestart(settingsBetween(startedWith, fingerprintOf(spec)))
}

/** What a reload would have to do for what was started otherwise, or has failed so. */
export function changesAtStart(all: readonly Instance[]): Omit<ChangedAtStart, 'ailing'> {
  const changed = all.filter(
    (one) => one.guessed === one.spec && (serves(one) || hasFailedInVain(one)),
  )
  const settings = new Map<string, Set<string>>()
  for (const { service, startedWith, nextSpec } of changed) {
    const own = settings.get(service) ?? new Set()
    settings.set(service, own)
    if (startedWith === null) continue
    for (const one of settingsBetween(startedWith, fingerprintOf(nextSpec))) own.add(one)
  }
  return {
    changes: [...settings].map(([service, own]) => ({
      service,
      action: 'restart',
      settings: [...own],
    })),
    isUnderWay: changed.every(isOutdated),
  }
}

/** What failed with the old settings is tried with the new ones. */
function hasFailedInVain({ state }: Instance): boolean {
  return state.phase === 'fatal' && state.want.state === 'up'
}
