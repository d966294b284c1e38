import { describe, expect, test } from 'vitest'
import { EVENTS, NOW, next, POLICY, start, stateIn, VARIANTS } from '../../test/simulation/cells.ts'
import { PROGRAM_PHASES } from '../model/guard-status.ts'
import type { Effect, InstanceEventType } from './state.ts'
import { transition } from './transition.ts'

const types = (effects: readonly Effect[]): readonly string[] => effects.map(({ type }) => type)

describe('the table of transitions', () => {
  describe.each(PROGRAM_PHASES)('%s', (phase) => {
    test.each(Object.keys(EVENTS) as InstanceEventType[])(
      'answers to %s in every state',
      (type) => {
        for (const event of EVENTS[type]) {
          for (const variant of VARIANTS) {
            const state = stateIn(phase, variant)
            const before = structuredClone(state)
            const step = transition(state, event, POLICY, NOW)
            expect(PROGRAM_PHASES).toContain(step.state.phase)
            expect(step.state.why).not.toBe('')
            expect(state).toEqual(before)
            expect(transition(state, event, POLICY, NOW)).toEqual(step)
          }
        }
      },
    )
  })

  test('only met dependencies lead to a process, and only out of waiting', () => {
    for (const phase of PROGRAM_PHASES) {
      for (const event of Object.values(EVENTS).flat()) {
        for (const variant of VARIANTS) {
          const { effects } = transition(stateIn(phase, variant), event, POLICY, NOW)
          if (!types(effects).includes('spawn')) continue
          expect([phase, event.type]).toEqual(['waiting', 'dependencies'])
        }
      }
    }
  })

  test('a process that lives is forgotten in no cell but by its end', () => {
    for (const phase of ['running', 'paused', 'stopping'] as const) {
      for (const event of Object.values(EVENTS).flat()) {
        if (event.type === 'exited' || event.type === 'spawn-failed') continue
        expect(next(stateIn(phase), event).pid, `${phase} ${event.type}`).toBe(77)
      }
    }
  })

  test('nothing is started beside something that could not be ended', () => {
    for (const left of [{ pid: 77 }, { survivors: [88] }]) {
      const step = transition(stateIn('fatal', left), start(true), POLICY, NOW)
      expect(step.state).toMatchObject({ phase: 'stopping', stopping: { again: true } })
      expect(types(step.effects)).toEqual(['timer'])
    }
  })
})
