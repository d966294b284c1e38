import type { ConfigOutcome } from './config-version.ts'
import type { Exit } from './exit.ts'
import type { ExitCause, Health, InstanceStatus, ProgramPhase, WantFact } from './guard-status.ts'

/** What happened, as the guard tells it. */
export type GuardHappening =
  | {
      readonly type: 'phase'
      readonly id: string
      readonly from: ProgramPhase
      readonly to: ProgramPhase
      readonly why: string
      readonly pid: number | null
      readonly incarnation: number
    }
  | { readonly type: 'ready'; readonly id: string; readonly ready: boolean }
  | {
      readonly type: 'health'
      readonly id: string
      readonly health: Health
      readonly detail: string
    }
  | { readonly type: 'want'; readonly id: string; readonly want: WantFact }
  | {
      readonly type: 'exit'
      readonly id: string
      readonly incarnation: number
      readonly pid: number | null
      readonly exit: Exit
      readonly cause: ExitCause
    }
  | {
      readonly type: 'recovered'
      readonly id: string
      readonly cause: ExitCause
      readonly detection: number
      readonly recovery: number
    }
  | { readonly type: 'survivors'; readonly id: string; readonly pids: readonly number[] }
  | { readonly type: 'added' | 'removed' | 'changed'; readonly id: string }
  | { readonly type: 'group'; readonly group: string; readonly text: string }
  /** A run-time parameter of a service has another value, written as one would set it. */
  | {
      readonly type: 'parameter'
      /** The service. */
      readonly id: string
      readonly name: string
      readonly old: string
      readonly value: string
      /** `set` by somebody, at the end of its time, or because it is declared otherwise. */
      readonly cause: 'set' | 'expired' | 'declaration'
      readonly by: string
      /** When it goes back; null for never. */
      readonly until: string | null
    }
  /** A sink of programs' output does not take it, or takes it again. */
  | {
      readonly type: 'sink'
      readonly sink: string
      readonly state: 'up' | 'down'
      /** Lines it will never have, since it is at work. */
      readonly lost: number
      readonly trouble: string | null
    }
  /** A configuration was taken, or what has become of one. */
  | {
      readonly type: 'config'
      readonly version: number
      readonly outcome: ConfigOutcome
      readonly reason: string | null
    }
  /** About the guard itself: started, adopted so many, state file set aside, stopping… */
  | { readonly type: 'guard'; readonly text: string; readonly severity: 3 | 4 | 6 }

export type GuardEvent = GuardHappening & {
  /** 1 for the first event of a state directory; never reused. */
  readonly number: number
  readonly at: string
}

/** What a subscriber gets first; events after `number` follow without a gap. */
export interface GuardSnapshot {
  readonly number: number
  readonly services: readonly InstanceStatus[]
}
