import type { GuardFacts, Health, ProgramPhase } from './guard-status.ts'
import type { DependencyCondition } from './program-spec.ts'

/** When each thing came about of an instance since it was last asked to start; ISO 8601, null for not yet. */
export interface StartTimes {
  readonly asked: string
  /** Its process was started: what it needs was as it has to be. */
  readonly started: string | null
  readonly ready: string | null
  readonly healthy: string | null
  readonly ended: string | null
}

export interface GraphInstance {
  readonly id: string
  readonly phase: ProgramPhase
  readonly ready: boolean
  readonly health: Health
  /** Null for one that was not asked to start since its guard knows it. */
  readonly start: StartTimes | null
}

export interface GraphService {
  readonly name: string
  readonly type: 'service' | 'job'
  readonly dependsOn: Readonly<Record<string, DependencyCondition>>
  readonly groups: readonly string[]
  /** How many it is to have. */
  readonly count: number
  /** Empty where nothing but a definition is known. */
  readonly instances: readonly GraphInstance[]
}

/** Who needs whom, and how each is. */
export interface GuardGraph {
  /** Null for a definition that no guard keeps. */
  readonly guard: GuardFacts | null
  readonly services: readonly GraphService[]
}
