import type { GuardVerb } from '../model/ports/guard-api.ts'
import type { Ask, GuardView, Pressed, Prompt, Target, TopState } from './model.ts'
import { pickedRow } from './rows.ts'

interface VerbKey {
  readonly verb: GuardVerb
  readonly rolling?: true
  /** What it does ends something, and is asked for twice. */
  readonly ends?: true
}

/** Keys of verbs; those of an installed service are its manager's where `ends` or `start` is. */
const VERBS: Readonly<Record<string, VerbKey>> = {
  s: { verb: 'start' },
  x: { verb: 'stop', ends: true },
  r: { verb: 'restart', ends: true },
  R: { verb: 'restart', rolling: true, ends: true },
  l: { verb: 'reload' },
  o: { verb: 'once' },
  h: { verb: 'hold', ends: true },
}

/** What a key of a verb does to what is chosen; null for any other key. */
export function verbOf(state: TopState, name: string, now: number): Pressed | null {
  const found = name === 'p' ? pauseOf(state) : VERBS[name]
  if (found === undefined && !['p', 'n', 'i', 'a'].includes(name)) return null
  const target = targetOf(state)
  if (target === null) return { state, asks: [] }
  const guard = state.guards.find(({ key }) => key === target.guard)
  if (guard === undefined || guard.lost !== null) return refused(state, 'the guard is gone', now)
  if (name === 'a') return asking(state, { kind: 'apply', guard: guard.key, dryRun: true })
  if (name === 'i' || name === 'n') {
    const what = name === 'i' ? 'signal' : 'scale'
    const whom = what === 'signal' ? target : { ...target, name: serviceOf(guard, target.name) }
    const prompt: Prompt = { kind: 'text', what, text: '', target: whom }
    return { state: { ...state, prompt }, asks: [] }
  }
  if (found === undefined) return { state, asks: [] }
  const { verb, rolling = false, ends = false } = found
  const managed = guard.facts.file === null && !['reload', 'pause', 'resume'].includes(verb)
  if (managed) {
    const problem = `the manager starts and stops it: stead ${verb === 'hold' ? 'stop' : verb} ${target.name}`
    return refused(state, problem, now)
  }
  const ask: Ask = { kind: 'act', target, verb, rolling }
  if (!ends) return asking(state, ask)
  const text = `${verb} ${target.name}${rolling ? ', one instance after the other' : ''}`
  return { state: { ...state, prompt: { kind: 'confirm', text, ask } }, asks: [] }
}

function asking(state: TopState, ask: Ask): Pressed {
  return { state, asks: [ask] }
}

function refused(state: TopState, text: string, at: number): Pressed {
  return { state: { ...state, notice: { text, kind: 'bad', at } }, asks: [] }
}

/** What is looked at closely, or chosen in the list. */
function targetOf(state: TopState): Target | null {
  const { detail } = state
  return detail === null
    ? (pickedRow(state)?.target ?? null)
    : { guard: detail.guard, name: detail.id }
}

/** One key for both: it resumes where all of it is paused. */
function pauseOf(state: TopState): VerbKey {
  const { detail, guards } = state
  const one = guards.find(({ key }) => key === detail?.guard)?.services.get(detail?.id ?? '')
  const members =
    detail === null ? (pickedRow(state)?.members ?? []) : one === undefined ? [] : [one]
  const paused = members.length > 0 && members.every(({ phase }) => phase === 'paused')
  return { verb: paused ? 'resume' : 'pause' }
}

/** Instances are counted by service. */
function serviceOf(guard: GuardView, name: string): string {
  return guard.services.get(name)?.service ?? name
}
