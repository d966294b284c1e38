import type {
  GroupFact,
  GuardFacts,
  GuardUsage,
  InstanceDetail,
  InstanceStatus,
} from '../model/guard-status.ts'
import type { ApplyChange } from '../model/ports/guard-api.ts'
import {
  type GuardView,
  HISTORY,
  LOG_LINES,
  type Measured,
  type Notice,
  type TopState,
} from './model.ts'
import { settled } from './settled.ts'

/** What comes in from the guards and the terminal. */
export type Told =
  /** It answers: this is everything it has. */
  | {
      readonly kind: 'guard'
      readonly key: string
      readonly facts: GuardFacts
      readonly services: readonly InstanceStatus[]
      readonly groups: readonly GroupFact[]
    }
  | { readonly kind: 'lost'; readonly key: string; readonly reason: string }
  /** How these are now; those in `asked` that are not among them are gone. */
  | {
      readonly kind: 'status'
      readonly key: string
      readonly asked: readonly string[]
      readonly services: readonly InstanceStatus[]
    }
  | { readonly kind: 'usage'; readonly key: string; readonly usage: GuardUsage }
  | {
      readonly kind: 'detail'
      readonly key: string
      readonly id: string
      readonly detail: InstanceDetail | null
      readonly error: string | null
    }
  | {
      readonly kind: 'log'
      readonly key: string
      readonly id: string
      readonly lines: readonly string[]
      /** These are the newest: what came before is read again. */
      readonly fresh: boolean
    }
  | { readonly kind: 'label'; readonly text: string; readonly ids: readonly string[] }
  | { readonly kind: 'changes'; readonly key: string; readonly changes: readonly ApplyChange[] }
  | { readonly kind: 'notice'; readonly text: string; readonly how: Notice['kind'] }
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }

/** The state after what was told; `now` is the time of day in milliseconds. */
export function told(state: TopState, what: Told, now: number): TopState {
  return settled(taken(state, what, now))
}

function taken(state: TopState, what: Told, now: number): TopState {
  switch (what.kind) {
    case 'guard': {
      const before = state.guards.find(({ key }) => key === what.key)
      const view: GuardView = {
        key: what.key,
        facts: what.facts,
        lost: null,
        services: new Map(what.services.map((one) => [one.id, one])),
        groups: what.groups,
        usage: before?.usage ?? new Map(),
      }
      const guards =
        before === undefined
          ? [...state.guards, view]
          : state.guards.map((one) => (one === before ? view : one))
      const back = before?.lost != null
      return back
        ? { ...state, guards, notice: notice('the guard is back', 'good', now) }
        : { ...state, guards }
    }
    case 'lost':
      return withGuard(state, what.key, (guard) =>
        guard.lost === null ? { ...guard, lost: { at: now, reason: what.reason } } : guard,
      )
    case 'status':
      return withGuard(state, what.key, (guard) => {
        const services = new Map(guard.services)
        for (const id of what.asked) services.delete(id)
        for (const one of what.services) services.set(one.id, one)
        return { ...guard, services }
      })
    case 'usage':
      return withGuard(state, what.key, (guard) => ({
        ...guard,
        usage: measured(guard, what.usage),
      }))
    case 'detail':
      return withDetail(state, what, (detail) => ({
        ...detail,
        detail: what.detail ?? detail.detail,
        error: what.error,
      }))
    case 'log':
      return withDetail(state, what, (detail) => {
        const lines = [...(what.fresh ? [] : detail.lines), ...what.lines].slice(-LOG_LINES)
        // Who reads further up goes on reading the same lines.
        const back = detail.back === 0 ? 0 : Math.min(lines.length, detail.back + what.lines.length)
        return { ...detail, lines, back }
      })
    case 'label':
      return { ...state, label: { text: what.text, ids: new Set(what.ids) } }
    case 'changes':
      return asked(state, what.key, what.changes, now)
    case 'notice':
      return { ...state, notice: notice(what.text, what.how, now) }
    case 'size':
      return { ...state, size: { columns: what.columns, rows: what.rows } }
  }
}

function notice(text: string, kind: Notice['kind'], at: number): Notice {
  return { text, kind, at }
}

function withGuard(
  state: TopState,
  key: string,
  change: (guard: GuardView) => GuardView,
): TopState {
  return { ...state, guards: state.guards.map((one) => (one.key === key ? change(one) : one)) }
}

function withDetail(
  state: TopState,
  { key, id }: { readonly key: string; readonly id: string },
  change: (detail: NonNullable<TopState['detail']>) => NonNullable<TopState['detail']>,
): TopState {
  const { detail } = state
  if (detail === null || detail.guard !== key || detail.id !== id) return state
  return { ...state, detail: change(detail) }
}

function measured(guard: GuardView, usage: GuardUsage): ReadonlyMap<string, Measured> {
  const found = new Map(usage.services.map((one) => [one.id, one]))
  const all = new Map<string, Measured>()
  for (const id of guard.services.keys()) {
    const before = guard.usage.get(id)
    const now = found.get(id)
    // The same look as last time says nothing new.
    if (before?.clock === usage.clock) all.set(id, before)
    else if (now !== undefined) all.set(id, next(before, now, usage.clock))
    else if (before !== undefined) {
      all.set(id, {
        ...before,
        cpu: null,
        memory: 0,
        clock: usage.clock,
        incarnation: 0,
        cpuHistory: appended(before.cpuHistory, null),
        memoryHistory: appended(before.memoryHistory, null),
      })
    }
  }
  return all
}

function next(
  before: Measured | undefined,
  now: GuardUsage['services'][number],
  clock: number,
): Measured {
  const { incarnation, memory, cpu: used } = now
  const same = before !== undefined && before.incarnation === incarnation && clock > before.clock
  // A process of the tree that ended and was not waited for takes its time with it.
  const cpu = same ? Math.max(0, (100 * (used - before.used)) / (clock - before.clock)) : null
  return {
    incarnation,
    cpu,
    memory,
    used,
    clock,
    cpuHistory: appended(before?.cpuHistory ?? [], cpu),
    memoryHistory: appended(before?.memoryHistory ?? [], memory),
  }
}

function appended(history: readonly (number | null)[], value: number | null) {
  return [...history, value].slice(-HISTORY)
}

const ACTIONS: Readonly<Record<ApplyChange['action'], string>> = {
  add: 'is added',
  remove: 'is removed',
  restart: 'restarts',
  'in-place': 'changes in place',
  nothing: 'stays',
}

/** The changes of a stead.yaml as a question, or word that there are none. */
function asked(
  state: TopState,
  guard: string,
  changes: readonly ApplyChange[],
  now: number,
): TopState {
  const real = changes.filter(({ action }) => action !== 'nothing')
  if (real.length === 0)
    return { ...state, notice: notice('stead.yaml has no changes', 'plain', now) }
  const text = real.map(({ service, action }) => `${service} ${ACTIONS[action]}`).join(', ')
  const ask = { kind: 'apply', guard, dryRun: false } as const
  return { ...state, prompt: { kind: 'confirm', text: `apply: ${text}`, ask } }
}
