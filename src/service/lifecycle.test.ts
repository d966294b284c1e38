import { describe, expect, test } from 'vitest'
import { LIFECYCLE_STATES } from '../model/lifecycle-state.ts'
import { type Action, legalActions, settled, stateAfter } from './lifecycle.ts'

const ACTIONS: readonly Action[] = ['start', 'pause', 'resume', 'reload', 'stop']

/** The whole table, written out once more: state, then what each action leads to. */
const EXPECTED = {
  stopped: { start: 'starting' },
  starting: { stop: 'stopping' },
  running: { pause: 'pausing', reload: 'reloading', stop: 'stopping' },
  pausing: { stop: 'stopping' },
  paused: { resume: 'resuming', stop: 'stopping' },
  resuming: { stop: 'stopping' },
  reloading: { stop: 'stopping' },
  stopping: {},
} as const

describe('S11 the table of the lifecycle', () => {
  for (const state of LIFECYCLE_STATES) {
    const legal: Partial<Record<Action, string>> = EXPECTED[state]
    for (const action of ACTIONS) {
      const next = legal[action]
      if (next !== undefined) {
        test(`${state}: ${action} leads to ${next}`, () =>
          expect(stateAfter(state, action)).toBe(next))
        continue
      }
      test(`${state}: ${action} is refused, naming what is legal`, () => {
        const names = Object.keys(legal)
        expect(() => stateAfter(state, action)).toThrow(
          expect.objectContaining({
            code: 'TRANSITION_ILLEGAL',
            message: expect.stringContaining(`legal now: ${names.join(', ') || 'nothing'}`),
          }),
        )
        expect(legalActions(state)).toEqual(names)
      })
    }
  }

  test('every passing state ends somewhere, whatever becomes of it, and no other does', () => {
    const passing = ['starting', 'pausing', 'resuming', 'reloading', 'stopping']
    for (const state of LIFECYCLE_STATES) {
      for (const outcome of ['done', 'refused'] as const) {
        expect(settled(state, outcome) !== null).toBe(passing.includes(state))
      }
    }
    expect(settled('reloading', 'refused')).toBe('running')
    expect(settled('resuming', 'refused')).toBe('paused')
    expect(settled('pausing', 'refused')).toBe('running')
  })
})
