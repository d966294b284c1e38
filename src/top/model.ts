import type {
  GroupFact,
  GuardFacts,
  InstanceDetail,
  InstanceStatus,
} from '../model/guard-status.ts'
import type { GuardVerb } from '../model/ports/guard-api.ts'

/** What one instance used, as far back as a sparkline can show. */
export interface Measured {
  readonly incarnation: number
  /** Per cent of a core; null until there were two looks at the same life. */
  readonly cpu: number | null
  readonly memory: number
  /** Processor time in all and when it was read, in milliseconds, to compare the next with. */
  readonly used: number
  readonly clock: number
  /** Oldest first; null where it had no process. */
  readonly cpuHistory: readonly (number | null)[]
  readonly memoryHistory: readonly (number | null)[]
}

/** Looks that are remembered of one instance. */
export const HISTORY = 60

/** A guard as it is known here. */
export interface GuardView {
  /** Its socket: a guard that comes back in the same place is the same. */
  readonly key: string
  readonly facts: GuardFacts
  /** Null while it answers. */
  readonly lost: { readonly at: number; readonly reason: string } | null
  readonly services: ReadonlyMap<string, InstanceStatus>
  readonly groups: readonly GroupFact[]
  readonly usage: ReadonlyMap<string, Measured>
}

export const SORTS = ['trouble', 'name', 'cpu', 'memory', 'restarts', 'uptime'] as const
export type Sort = (typeof SORTS)[number]

export const SHOWS = ['all', 'wrong', 'up', 'down'] as const
export type Show = (typeof SHOWS)[number]

/** What a verb is for: an instance, a service or a group, by a name that the guard knows. */
export interface Target {
  readonly guard: string
  readonly name: string
}

/** What somebody at the keys asks for; done by who owns the connections and the terminal. */
export type Ask =
  | {
      readonly kind: 'act'
      readonly target: Target
      readonly verb: GuardVerb
      readonly rolling: boolean
    }
  | { readonly kind: 'signal'; readonly target: Target; readonly signal: string }
  | { readonly kind: 'scale'; readonly target: Target; readonly instances: string }
  /** With `dryRun` the changes come back as a question. */
  | { readonly kind: 'apply'; readonly guard: string; readonly dryRun: boolean }
  /** `KEY=VALUE`: what has this label comes back. */
  | { readonly kind: 'label'; readonly text: string }
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }

export type Prompt =
  | { readonly kind: 'confirm'; readonly text: string; readonly ask: Ask }
  | {
      readonly kind: 'text'
      readonly what: 'filter' | 'label' | 'signal' | 'scale'
      readonly text: string
      /** Of `signal` and `scale`. */
      readonly target: Target | null
    }

export interface Notice {
  readonly text: string
  readonly kind: 'plain' | 'good' | 'bad'
  readonly at: number
}

/** One instance that is looked at closely. */
export interface DetailView {
  readonly guard: string
  readonly id: string
  readonly detail: InstanceDetail | null
  /** Why there is none. */
  readonly error: string | null
  /** The newest lines of its log. */
  readonly lines: readonly string[]
  /** How many lines up from the newest; 0 follows. */
  readonly back: number
  /** The log over the whole screen. */
  readonly logOnly: boolean
}

/** Lines of a log that are kept to scroll back. */
export const LOG_LINES = 1_000

export interface TopState {
  readonly guards: readonly GuardView[]
  readonly size: { readonly columns: number; readonly rows: number }
  /** False for a picture: nothing is chosen, and no keys are told. */
  readonly live: boolean
  readonly detail: DetailView | null
  /** The help is shown, and how far it is scrolled. */
  readonly help: number | null
  /** Key of the row that is chosen, and where it was when it was last seen. */
  readonly picked: string | null
  readonly pickedAt: number
  /** The first row on the screen. */
  readonly first: number
  readonly filter: string
  readonly show: Show
  readonly label: { readonly text: string; readonly ids: ReadonlySet<string> } | null
  readonly sort: Sort
  readonly reversed: boolean
  readonly grouped: boolean
  /** Services and groups that were folded or unfolded by hand. */
  readonly toggled: ReadonlySet<string>
  readonly graph: 'cpu' | 'memory'
  readonly prompt: Prompt | null
  readonly notice: Notice | null
}

/** What a key came to. */
export interface Pressed {
  readonly state: TopState
  readonly asks: readonly Ask[]
}

/** Nothing known yet. */
export function beginning(size: TopState['size'], live = true): TopState {
  return {
    guards: [],
    size,
    live,
    detail: null,
    help: null,
    picked: null,
    pickedAt: 0,
    first: 0,
    filter: '',
    show: 'all',
    label: null,
    sort: 'trouble',
    reversed: false,
    grouped: false,
    toggled: new Set(),
    graph: 'cpu',
    prompt: null,
    notice: null,
  }
}

/** Fewer cells than that show nothing that is of use. */
export const LEAST = { columns: 30, rows: 6 } as const

export function isTooSmall({ columns, rows }: TopState['size']): boolean {
  return columns < LEAST.columns || rows < LEAST.rows
}

/** True where what programs use is on the screen: nobody measures what nobody sees. */
export function showsUsage({ help, size }: TopState): boolean {
  return help === null && !isTooSmall(size)
}
