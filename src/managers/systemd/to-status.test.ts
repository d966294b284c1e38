import { describe, expect, test } from 'vitest'
import type { Marker } from './marker.ts'
import { failureOf, phaseOf, statusOf } from './to-status.ts'
import { parseShow, type UnitFacts } from './unit-facts.ts'

const native: Marker = {
  home: null,
  protocol: 'native',
  startType: 'manual',
  displayName: null,
  description: null,
}
const none: Marker = { ...native, protocol: 'none' }

const facts = (text: string): UnitFacts => {
  const [found] = parseShow(`LoadState=loaded\n${text.replaceAll(' ', '\n').replaceAll('_', ' ')}`)
  if (found === undefined) throw new Error('nothing was read')
  return found
}

describe('the phase', () => {
  test.each([
    ['LoadState=not-found ActiveState=inactive', 'not-installed'],
    ['ActiveState=inactive SubState=dead', 'stopped'],
    ['ActiveState=inactive SubState=dead Job=7', 'waiting'],
    ['ActiveState=failed SubState=failed', 'fatal'],
    ['ActiveState=failed SubState=failed Job=7', 'waiting'],
    ['ActiveState=activating SubState=start', 'starting'],
    ['ActiveState=activating SubState=start-pre', 'starting'],
    ['ActiveState=activating SubState=auto-restart', 'backoff'],
    ['ActiveState=activating SubState=auto-restart-queued', 'backoff'],
    ['ActiveState=active SubState=running', 'running'],
    ['ActiveState=active SubState=exited', 'running'],
    ['ActiveState=reloading SubState=reload', 'reloading'],
    ['ActiveState=deactivating SubState=stop-sigterm', 'stopping'],
    ['ActiveState=deactivating SubState=final-sigkill', 'stopping'],
    ['LoadState=masked ActiveState=inactive', 'stopped'],
  ])('of %s is %s', (text, expected) => {
    expect(phaseOf(facts(text), native)).toBe(expected)
  })

  test.each([
    ['paused', 'paused', null],
    ['paused:_by_hand', 'paused', 'by hand'],
    ['pausing', 'pausing', null],
    ['resuming:_cache', 'resuming', 'cache'],
    ['pausedly', 'running', 'pausedly'],
    ['busy:_paused', 'running', 'busy: paused'],
  ])('S11 of a native service that says %j is %s', (said, phase, text) => {
    const found = facts(`ActiveState=active SubState=running StatusText=${said}`)
    const status = statusOf('a', 'system', found, native)
    expect([status.phase, status.statusText]).toEqual([phase, text])
  })

  test('S11 of a program without the SDK is not what it says of itself', () => {
    const found = facts('ActiveState=active SubState=running StatusText=paused')
    expect(statusOf('a', 'system', found, none)).toMatchObject({
      phase: 'running',
      statusText: 'paused',
    })
  })
})

describe('the status', () => {
  test('of a unit that failed tells the exit, its time and what it means', () => {
    const found = facts(
      'ActiveState=failed SubState=failed Result=exit-code MainPID=0 ExecMainCode=1 ExecMainStatus=203 ExecMainExitTimestamp=Sat_2026-11-21_05:22:37.5000_UTC NRestarts=2',
    )
    expect(statusOf('a', 'system', found, none)).toMatchObject({
      phase: 'fatal',
      ready: false,
      pid: null,
      startedAt: null,
      restarts: 2,
      want: null,
      lastExit: { exit: { kind: 'code', code: 203 }, at: new Date('2026-11-21T05:22:37.500Z') },
      why: 'its process ended, code 203: its command cannot be executed (EXEC)',
    })
  })

  test('of a unit in backoff says when it starts again', () => {
    const found = facts(
      'ActiveState=activating SubState=auto-restart Result=signal ExecMainCode=2 ExecMainStatus=9 RestartUSec=200ms',
    )
    expect(statusOf('a', 'system', found, none)).toMatchObject({
      phase: 'backoff',
      want: 'up',
      why: 'its process was killed, signal SIGKILL; systemd starts it again after 200 ms',
    })
  })

  test('takes the exit out of the journal only where systemd has none', () => {
    const lastExit = { exit: { kind: 'code', code: 7 }, at: null } as const
    const again = facts('ActiveState=active SubState=running NRestarts=1 ExecMainCode=0')
    expect(statusOf('a', 'system', again, none, { lastExit }).lastExit).toEqual(lastExit)
    const ended = facts('ActiveState=inactive ExecMainCode=1 ExecMainStatus=0')
    expect(statusOf('a', 'system', ended, none, { lastExit }).lastExit?.exit).toEqual({
      kind: 'code',
      code: 0,
    })
  })

  test('of a name that is not installed is null where there is nothing to tell', () => {
    const found = facts('LoadState=not-found ActiveState=inactive Description=a.service')
    expect(statusOf('a', 'user', found, null)).toEqual({
      name: 'a',
      manager: 'systemd',
      scope: 'user',
      ours: false,
      displayName: null,
      startType: null,
      want: null,
      phase: 'not-installed',
      ready: null,
      pid: null,
      startedAt: null,
      memory: null,
      restarts: null,
      lastExit: null,
      statusText: null,
      why: null,
    })
  })

  test.each([
    ['UnitFileState=enabled', 'auto', 'auto'],
    ['UnitFileState=enabled', 'delayed', 'delayed'],
    ['UnitFileState=disabled', 'auto', 'manual'],
    ['UnitFileState=static', 'disabled', 'disabled'],
    ['UnitFileState=enabled', 'manual', 'auto'],
    ['LoadState=masked UnitFileState=masked', 'auto', 'disabled'],
  ] as const)('with %s and asked to be %s starts %s', (text, startType, expected) => {
    expect(statusOf('a', 'system', facts(text), { ...none, startType }).startType).toBe(expected)
  })

  test.each([
    ['timeout', /longer/],
    ['watchdog', /heartbeat/],
    ['start-limit-hit', /too often/],
    ['oom-kill', /memory/],
    ['core-dump', /crashed/],
    ['something-new', /something-new/],
  ])('why: result %s', (result, expected) => {
    expect(failureOf(facts(`Result=${result}`), null)).toMatch(expected)
  })
})
