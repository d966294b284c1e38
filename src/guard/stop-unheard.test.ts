import { expect, test } from 'vitest'
import { completeProgram, type StopStep } from '../model/program-spec.ts'
import { NEW_INSTANCE } from './state.ts'
import { transition } from './transition.ts'

const NOW = { now: 100_000, random: () => 0.5 }
const asks = (signal: string, wait: number, sharesWait = true): StopStep => ({
  action: { kind: 'signal', signal, to: 'leader' },
  wait,
  ...(sharesWait ? { sharesWait } : {}),
})
const kill: StopStep = { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 5_000 }
const live = { ...NEW_INSTANCE, phase: 'running', incarnation: 3, pid: 77 } as const

/** Stops a program that hears `heard` alone; how long each of its steps was waited for. */
function waits(stop: readonly StopStep[], heard: string): readonly (readonly [string, number])[] {
  const policy = completeProgram({ name: 'web', command: ['web'], cwd: '/', stop })
  const asked = { type: 'stop', by: 'me', hold: false, cause: 'stop' } as const
  let { state } = transition(live, asked, policy, NOW)
  const taken: [string, number][] = []
  let event = { type: 'timer', timer: 'step', incarnation: 3 } as
    | { readonly type: 'timer'; readonly timer: 'step'; readonly incarnation: number }
    | { readonly type: 'unheard'; readonly incarnation: number }
  for (;;) {
    const next = transition(state, event, policy, NOW)
    state = next.state
    if (state.phase !== 'stopping') return taken
    const { action } = stop[state.stopping?.step ?? 0] as StopStep
    const signal = action.kind === 'signal' ? action.signal : 'command'
    const isHeard = signal === heard || signal === 'SIGKILL'
    const timer = next.effects.find((one) => one.type === 'timer')
    if (isHeard) taken.push([signal, timer?.type === 'timer' ? timer.after : -1])
    event = isHeard
      ? { type: 'timer', timer: 'step', incarnation: 3 }
      : { type: 'unheard', incarnation: 3 }
  }
}

test('a step that nobody hears is not waited for, and its time goes to the next that shares', () => {
  const stop = [asks('CTRL_C', 6_000), asks('WM_CLOSE', 2_000), asks('CTRL_BREAK', 2_000), kill]
  expect(waits(stop, 'CTRL_C')).toEqual([
    ['CTRL_C', 6_000],
    ['SIGKILL', 5_000],
  ])
  expect(waits(stop, 'WM_CLOSE')[0]).toEqual(['WM_CLOSE', 8_000])
  expect(waits(stop, 'CTRL_BREAK')[0]).toEqual(['CTRL_BREAK', 10_000])
})

test('steps that were declared one by one have their own times', () => {
  const stop = [asks('CTRL_C', 6_000, false), asks('WM_CLOSE', 2_000, false), kill]
  expect(waits(stop, 'WM_CLOSE')).toEqual([
    ['WM_CLOSE', 2_000],
    ['SIGKILL', 5_000],
  ])
})

test('a late word that nobody heard changes nothing where no step was taken', () => {
  const policy = completeProgram({ name: 'web', command: ['web'], cwd: '/', stop: [kill] })
  expect(transition(live, { type: 'unheard', incarnation: 3 }, policy, NOW).state).toBe(live)
  expect(transition(live, { type: 'unheard', incarnation: 2 }, policy, NOW).state).toBe(live)
})
