import { describe, expect, test } from 'vitest'
import {
  EVENTS,
  exited,
  giveUp,
  gone,
  hold,
  LIFE,
  NOW,
  next,
  POLICY,
  start,
  stateIn,
  stop,
  VARIANTS,
} from '../../test/simulation/cells.ts'
import { PROGRAM_PHASES } from '../model/guard-status.ts'
import type { Effect, InstanceEvent, InstanceState } from './state.ts'
import { transition } from './transition.ts'

const types = (effects: readonly Effect[]): readonly string[] => effects.map(({ type }) => type)

describe('who wins when rules conflict', () => {
  test('rule 1: what belongs to an earlier life is discarded, everywhere', () => {
    for (const phase of PROGRAM_PHASES) {
      for (const event of Object.values(EVENTS).flat()) {
        if (!('incarnation' in event) || event.type === 'adopted' || event.type === 'lost') continue
        for (const variant of VARIANTS) {
          const state = stateIn(phase, variant)
          const stale = { ...event, incarnation: LIFE - 1 }
          expect(transition(state, stale, POLICY, NOW)).toEqual({ state, effects: [] })
        }
      }
    }
  })

  describe('rule 2: a stop wins over everything that would start', () => {
    test.each(['waiting', 'backoff'] as const)(
      'L04 in %s nothing is left that would start',
      (phase) => {
        const step = transition(stateIn(phase), stop, POLICY, NOW)
        expect(step.state).toMatchObject({ phase: 'stopped', why: 'stopped by me', retryAt: null })
        expect(step.effects).toEqual([{ type: 'cancel', timers: ['backoff'] }])
        const late = { type: 'timer', timer: 'backoff', incarnation: LIFE } as const
        expect(next(step.state, late).phase).toBe('stopped')
        expect(
          next(step.state, { type: 'dependencies', met: true, why: '', inVain: false }).phase,
        ).toBe('stopped')
      },
    )

    test('L04 while starting it is stopped, and its readiness comes too late', () => {
      const stopping = next(stateIn('starting', { pid: 77 }), stop)
      expect(stopping.phase).toBe('stopping')
      expect(next(stopping, { type: 'ready', incarnation: LIFE, ready: true })).toEqual(stopping)
      expect(next(next(stopping, exited), gone)).toMatchObject({ phase: 'stopped', pid: null })
    })

    test('L05 a start during the stop is honoured once, when the tree is empty', () => {
      const asked = next(next(stateIn('running'), stop), start(true))
      expect(asked).toMatchObject({ phase: 'stopping', want: { state: 'up' } })
      const ended = transition(asked, exited, POLICY, NOW)
      expect(ended.state.phase).toBe('stopping')
      const left = next(ended.state, { ...gone, survivors: [88] })
      expect(left.phase).toBe('stopping')
      const over = transition(left, gone, POLICY, NOW)
      expect(over.state.phase).toBe('waiting')
      expect(types(over.effects)).toEqual(['cancel', 'ask-dependencies'])
    })

    test('L05 of start and stop during the stop the last one counts', () => {
      const asked = next(next(next(stateIn('running'), stop), start(true)), stop)
      expect(next(next(asked, exited), gone).phase).toBe('stopped')
    })
  })

  test('rule 3: a hold is undone by an operator only', () => {
    for (const phase of ['stopped', 'exited', 'stopping'] as const) {
      const held = next(stateIn(phase), hold)
      expect(held.want).toEqual({ state: 'hold', by: 'me' })
      for (const event of [
        start(false),
        { ...EVENTS.restart[1], forgive: false } as InstanceEvent,
      ]) {
        expect(next(held, event).want.state, `${phase} ${event.type}`).toBe('hold')
      }
      expect(next(held, start(true)).want).toEqual({ state: 'up', by: 'me' })
    }
  })

  test('rule 4: a group that gives up wins over the restart of its members', () => {
    expect(next(stateIn('backoff'), giveUp)).toMatchObject({ phase: 'fatal', retryAt: null })
    expect(next(stateIn('waiting'), giveUp).phase).toBe('fatal')
    const given = next(stateIn('running'), giveUp)
    expect(given).toMatchObject({ phase: 'stopping', stopping: { giveUp: 'the group failed' } })
    expect(next(next(next(given, start(false)), exited), gone)).toMatchObject({
      phase: 'fatal',
      why: 'the group failed',
    })
  })

  test('L12 rule 5: the start of an operator is never refused by a limit, and forgives', () => {
    const failures = Array.from({ length: 10 }, (_, n) => 99_000 + n)
    for (const phase of ['fatal', 'backoff'] as const) {
      const state = stateIn(phase, { failures, restarts: 9 })
      expect(next(state, start(false))).toEqual(state)
      expect(next(state, start(true))).toMatchObject({
        phase: 'waiting',
        failures: [],
        restarts: 0,
      })
    }
  })

  test('rule 6: a dependency that is not met delays an automatic start too', () => {
    const rung = next(stateIn('backoff'), { type: 'timer', timer: 'backoff', incarnation: LIFE })
    expect(rung.phase).toBe('waiting')
    const told = transition(
      rung,
      { type: 'dependencies', met: false, why: 'it waits for db', inVain: false },
      POLICY,
      NOW,
    )
    expect(told).toMatchObject({ state: { phase: 'waiting', why: 'it waits for db' }, effects: [] })
  })
})

describe('an end', () => {
  test('L10 in the tick of the stop timeout: whichever comes first, it is stopped once', () => {
    const stopping = next(stateIn('running'), stop)
    const rung = { type: 'timer', timer: 'step', incarnation: LIFE } as const
    expect(next(next(next(stopping, rung), exited), gone).phase).toBe('stopped')
    const late = next(next(stopping, exited), gone)
    expect(transition(late, rung, POLICY, NOW)).toEqual({ state: late, effects: [] })
  })

  test('L10 in the tick of a failed probe: one failure is counted, not two', () => {
    const sick = {
      type: 'health',
      incarnation: LIFE,
      healthy: false,
      why: 'sick',
      since: 99_000,
    } as const
    const one = next(next(next(stateIn('running'), sick), exited), gone)
    const other = next(next(next(stateIn('running'), exited), sick), gone)
    expect(one.failures).toEqual([NOW.now])
    expect(other.failures).toEqual([NOW.now])
  })

  test('L14 by a signal is told as a signal, by a code as a code', () => {
    for (const exit of [
      { kind: 'signal', signal: 'SIGKILL' } as const,
      { kind: 'code', code: 137 } as const,
    ]) {
      const step = transition(stateIn('running'), { ...exited, exit }, POLICY, NOW)
      expect(step.state.lastExit).toEqual(exit)
      expect(step.effects[0]).toMatchObject({ type: 'record-exit', exit })
    }
  })

  test('L03 a program that cannot be started is fatal at once; what goes by is tried again', () => {
    const failed = (errno: string): InstanceState =>
      next(stateIn('starting'), {
        type: 'spawn-failed',
        incarnation: LIFE,
        errno,
        why: 'no such file',
      })
    for (const errno of ['ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR', 'EINVAL', 'EPERM']) {
      expect(failed(errno)).toMatchObject({ phase: 'fatal', why: 'no such file' })
    }
    for (const errno of ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY', 'WIN32_1359']) {
      expect(['waiting', 'backoff']).toContain(failed(errno).phase)
    }
  })
})
