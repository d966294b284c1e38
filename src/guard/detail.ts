import type { GuardUsage, InstanceDetail, InstanceStatus, NeedFact } from '../model/guard-status.ts'
import { describeNeed } from '../model/program-needs.ts'
import type { GroupSpec } from '../model/program-spec.ts'
import { isMet } from './dependencies.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'

export interface DetailParts {
  readonly status: InstanceStatus
  readonly instances: Instances
  readonly groups: readonly GroupSpec[]
  /** Measured for all who ask at the same time together. */
  readonly usageOf: (instances: readonly Instance[]) => Promise<GuardUsage>
}

/** Everything that is known of one instance. */
export async function detailOf(
  instance: Instance,
  { status, instances, groups, usageOf }: DetailParts,
): Promise<InstanceDetail> {
  const { nextSpec, service, channel, watch, exits, state } = instance
  const { pid } = state
  const [counts, sinks, used] = await Promise.all([
    channel?.counts() ?? null,
    channel?.sinks() ?? [],
    pid === null ? null : usageOf([instance]),
  ])
  return {
    ...status,
    command: nextSpec.command,
    cwd: nextSpec.cwd,
    dependsOn: Object.entries(nextSpec.dependsOn).map(([name, condition]) => ({
      name,
      condition,
      met: instances.statesOf(name).every((other) => isMet(other, condition)),
    })),
    ...(nextSpec.needs.length === 0 ? {} : { needs: needsOf(instance) }),
    dependents: instances.dependentsOf(service).map(({ id }) => id),
    groups: groups.filter((group) => group.services.includes(service)).map(({ name }) => name),
    labels: nextSpec.labels,
    log: channel === null || counts === null ? null : { file: channel.file, counts, sinks },
    memory: used?.services.find((one) => one.pid === pid)?.memory ?? null,
    limits: nextSpec.limits,
    probes: watch?.facts().probes ?? [],
    heartbeat: watch?.facts().heartbeat ?? null,
    exits,
    changes: changesOf(instance),
  }
}

/** They are looked for before each start, and of no interest after it. */
function needsOf({ nextSpec, state }: Instance): NeedFact[] {
  const { phase, needs } = state
  return nextSpec.needs.map((one) => {
    const need = describeNeed(one)
    if (phase !== 'waiting' || needs === null) return { need, met: null, how: null }
    const missed = needs.unmet.find((unmet) => unmet.need === need)
    return { need, met: missed === undefined, how: missed?.how ?? null }
  })
}

/** What would change its phase, in words, each with the command where there is one. */
export function changesOf({ state, id, nextSpec }: Instance): readonly string[] {
  switch (state.phase) {
    case 'stopped':
    case 'exited':
    case 'lost':
      return [`stead start ${id}`]
    case 'fatal':
      return [
        ...(state.survivors.length > 0 ? [`end of ${state.survivors.join(', ')}`] : []),
        `stead start ${id}: an operator’s start forgives all failures`,
      ]
    case 'waiting':
      return [`${state.why.replace(/^it (waits|looks) for /, '')}`, `stead stop ${id}`]
    case 'backoff':
      return ['the end of its delay', `stead start ${id}: at once`, `stead stop ${id}`]
    case 'starting':
      return [
        nextSpec.ready === null ? 'its start' : `its readiness (${nextSpec.ready.kind})`,
        `its start timeout of ${nextSpec.startTimeout / 1000} s`,
      ]
    case 'running':
      return [`stead stop ${id}`, `stead restart ${id}`]
    case 'paused':
      return [`stead resume ${id}`, `stead stop ${id}`]
    case 'stopping':
      return ['the end of its last process', 'the next of its stop steps']
  }
}
