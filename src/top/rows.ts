import type { InstanceStatus } from '../model/guard-status.ts'
import type { GuardView, Measured, Target, TopState } from './model.ts'
import { rankOf, TROUBLES } from './trouble.ts'

/** A row of the list: a group or a service stands for its members. */
export interface Row {
  readonly key: string
  readonly kind: 'group' | 'service' | 'instance'
  readonly guard: GuardView
  /** What a verb for it is for. */
  readonly target: Target
  readonly name: string
  readonly depth: number
  /** Null where there is nothing to unfold. */
  readonly open: boolean | null
  /** At least one. */
  readonly members: readonly InstanceStatus[]
}

/** `web@9` stands before `web@10`. */
const NAMES = new Intl.Collator('en', { numeric: true })

/** The rows of the list as they are filtered, grouped, folded and sorted. */
export function rowsOf(state: TopState): readonly Row[] {
  const rows = state.guards.flatMap((guard) => {
    const shown = [...guard.services.values()].filter((one) => isShown(state, guard, one))
    return state.grouped ? groupRows(state, guard, shown) : serviceRows(state, guard, shown, 0, '')
  })
  // Groups stand in the order of their guards; what is not grouped is sorted over all guards.
  return state.grouped ? rows : sortedTogether(state, rows)
}

/** The row that is chosen. */
export function pickedRow(state: TopState): Row | null {
  return rowsOf(state)[state.pickedAt] ?? null
}

function isShown(state: TopState, guard: GuardView, one: InstanceStatus): boolean {
  const { filter, show, label } = state
  if (label !== null && !label.ids.has(keyOf(guard, one.id))) return false
  const rank = rankOf(one)
  if (show === 'wrong' && rank > TROUBLES.indexOf('shaky')) return false
  if (show === 'up' && one.pid === null) return false
  if (show === 'down' && one.pid !== null) return false
  const wanted = filter.toLowerCase()
  return (
    wanted === '' ||
    [one.id, one.phase, one.why, one.statusText ?? '', guard.facts.project].some((text) =>
      text.toLowerCase().includes(wanted),
    )
  )
}

export function keyOf(guard: GuardView, id: string): string {
  return `${guard.key} ${id}`
}

function groupRows(
  state: TopState,
  guard: GuardView,
  shown: readonly InstanceStatus[],
): readonly Row[] {
  const grouped = new Set(guard.groups.flatMap(({ services }) => services))
  const rows = guard.groups.flatMap(({ name, services }) => {
    const members = shown.filter(({ service }) => services.includes(service))
    if (members.length === 0) return []
    const key = `${guard.key} group ${name}`
    const open = !state.toggled.has(key)
    const target = { guard: guard.key, name }
    const label = labelOf(state, guard, name)
    const head: Row = { key, kind: 'group', guard, target, name: label, depth: 0, open, members }
    // A service may be in several groups: it is a row of each.
    return open ? [head, ...serviceRows(state, guard, members, 1, ` in ${name}`)] : [head]
  })
  const alone = shown.filter(({ service }) => !grouped.has(service))
  return [...rows, ...serviceRows(state, guard, alone, 0, '')]
}

function serviceRows(
  state: TopState,
  guard: GuardView,
  shown: readonly InstanceStatus[],
  depth: number,
  where: string,
): readonly Row[] {
  const byService = Map.groupBy(shown, ({ service }) => service)
  const families = [...byService].map(([service, members]): readonly Row[] => {
    const rowOf = (one: InstanceStatus, at: number): Row => ({
      key: `${keyOf(guard, one.id)}${where}`,
      kind: 'instance',
      guard,
      target: { guard: guard.key, name: one.id },
      name: labelOf(state, guard, one.id),
      depth: at,
      open: null,
      members: [one],
    })
    const [only] = members
    if (members.length === 1 && only !== undefined && only.id === service) {
      return [rowOf(only, depth)]
    }
    const key = `${guard.key} service ${service}${where}`
    const open = state.toggled.has(key)
    const head: Row = {
      key,
      kind: 'service',
      guard,
      target: { guard: guard.key, name: service },
      name: labelOf(state, guard, service),
      depth,
      open,
      members,
    }
    const inner = members.map((one) => rowOf(one, depth + 1))
    return open ? [head, ...sorted(state, inner)] : [head]
  })
  const order = sorted(
    state,
    families.map(([head]) => head as Row),
  )
  const familyOf = new Map(families.map((family) => [family[0] as Row, family]))
  return order.flatMap((head) => familyOf.get(head) ?? [])
}

/** With several guards the project tells whose it is. */
function labelOf({ guards }: TopState, { facts }: GuardView, name: string): string {
  return guards.length > 1 ? `${facts.project}/${name}` : name
}

/** Families of rows (a service and its unfolded instances) of several guards, as one list. */
function sortedTogether(state: TopState, rows: readonly Row[]): readonly Row[] {
  if (state.guards.length < 2) return rows
  const families: Row[][] = []
  for (const row of rows) {
    if (row.depth === 0) families.push([row])
    else families.at(-1)?.push(row)
  }
  const order = sorted(
    state,
    families.map(([head]) => head as Row),
  )
  const familyOf = new Map(families.map((family) => [family[0] as Row, family]))
  return order.flatMap((head) => familyOf.get(head) ?? [])
}

function sorted(state: TopState, rows: readonly Row[]): readonly Row[] {
  const compare = (a: Row, b: Row): number =>
    weigh(state, a) - weigh(state, b) || NAMES.compare(a.name, b.name)
  const order = rows.toSorted(compare)
  return state.reversed ? order.toReversed() : order
}

/** The smaller, the higher up. */
function weigh({ sort }: TopState, { members, guard }: Row): number {
  const sum = (of: (one: InstanceStatus) => number): number =>
    members.reduce((total, one) => total + of(one), 0)
  switch (sort) {
    case 'trouble':
      return Math.min(...members.map(rankOf))
    case 'name':
      return 0
    case 'cpu':
      return -sum(({ id }) => guard.usage.get(id)?.cpu ?? 0)
    case 'memory':
      return -sum(({ id }) => guard.usage.get(id)?.memory ?? 0)
    case 'restarts':
      return -sum(({ restarts }) => restarts)
    case 'uptime':
      return Math.max(...members.map(({ startedAt }) => -Date.parse(startedAt ?? '') || 0))
  }
}

/** What the members of a row use together; null where nothing was measured. */
export function usageOf({ members, guard }: Row): {
  readonly cpu: number | null
  readonly memory: number | null
  readonly cpuHistory: readonly (number | null)[]
  readonly memoryHistory: readonly (number | null)[]
} {
  const all = members.flatMap(({ id }) => guard.usage.get(id) ?? [])
  const cpus = all.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]))
  const total = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
  return {
    cpu: total(cpus),
    memory: total(all.map(({ memory }) => memory)),
    cpuHistory: added(all, ({ cpuHistory }) => cpuHistory),
    memoryHistory: added(all, ({ memoryHistory }) => memoryHistory),
  }
}

/** Histories end now, and may be of different lengths. */
function added(
  all: readonly Measured[],
  of: (one: Measured) => readonly (number | null)[],
): readonly (number | null)[] {
  const [first] = all
  if (all.length <= 1) return first === undefined ? [] : of(first)
  const longest = Math.max(...all.map((one) => of(one).length))
  return Array.from({ length: longest }, (_, at) => {
    const values = all.flatMap((one) => {
      const history = of(one)
      return history[history.length - longest + at] ?? []
    })
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
  })
}
