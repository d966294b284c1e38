import { describe, expect, test } from 'vitest'
import { type FakeHost, fakeHost } from '../../test/fakes/host.ts'
import type { Exit } from '../model/exit.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { InstanceStatus } from '../model/guard-status.ts'
import type { HostKind } from '../model/ports/host.ts'
import { type KeptGuard, keepGuard } from './keep-guard.ts'

const STOP = { type: 'stop', reason: 'request', force: false } as const

/** A guard that does what it is told, in memory, and a host that writes down what it is told. */
function keep(kind: HostKind = 'scm') {
  const ended = Promise.withResolvers<void>()
  const listeners = new Set<(event: GuardEvent) => void>()
  const notes: string[] = []
  const host: FakeHost = Object.assign(fakeHost(), { kind })
  let status = {
    phase: 'starting',
    ready: false,
    lastExit: null,
    why: '',
  } as unknown as InstanceStatus
  let refusal: { readonly message: string; readonly hint: string } | null = null
  const become = (change: Partial<InstanceStatus>): void => {
    status = { ...status, ...change }
    for (const tell of listeners) tell({ type: 'ready', id: 'a', ready: true } as GuardEvent)
  }
  const kept = {
    guard: {
      api: { status: () => ({ services: [status] }) },
      ended: ended.promise,
      force: () => {},
    },
    own: {
      async act(verb: string) {
        if (refusal !== null) return [{ id: 'a', done: false, error: refusal }]
        if (verb !== 'reload') become({ phase: verb === 'pause' ? 'paused' : 'running' })
        return [{ id: 'a', done: true, error: null }]
      },
      shutdown: async () => ended.resolve(),
    },
    self: { uid: null, pid: 1 },
    onEvent(tell: (event: GuardEvent) => void) {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    start: async () => {},
    note: (text: string) => void notes.push(text),
    close: async () => {},
  } as unknown as KeptGuard
  const code = keepGuard(kept, host)
  return {
    host,
    notes,
    become,
    code,
    refuse: (message: string) => {
      refusal = { message, hint: 'see' }
    },
    reported: (...reports: string[]) => expect.poll(() => host.reports).toEqual(reports),
  }
}

describe('a guard under its manager', () => {
  test('is running when its program is ready, and told so once', async () => {
    const { become, reported, host, code } = keep()
    become({ phase: 'running' })
    await reported('starting')
    become({ ready: true })
    await reported('starting', 'running')
    become({ ready: false })
    become({ ready: true })
    host.send(STOP)
    expect(await code).toBe(0)
    expect(host.reports).toEqual(['starting', 'running', 'stopping', 'finish 0'])
  })

  test('S03 is stopped during its start', async () => {
    const { host, code } = keep()
    host.send(STOP)
    expect(await code).toBe(0)
    expect(host.reports).toEqual(['starting', 'stopping', 'finish 0'])
  })

  test('S11 passes pause and resume on, and shows a pause that somebody else has asked for', async () => {
    const { become, host, reported } = keep()
    become({ phase: 'running', ready: true })
    await reported('starting', 'running')
    host.send({ type: 'pause' })
    const paused = ['starting', 'running', 'pausing', 'paused']
    await reported(...paused)
    host.send({ type: 'resume' })
    await reported(...paused, 'resuming', 'running')
    become({ phase: 'paused' })
    await reported(...paused, 'resuming', 'running', 'paused')
  })

  test('S11 goes back to what it was where a pause or a reload is refused, and says why', async () => {
    const { become, host, reported, refuse } = keep()
    become({ phase: 'running', ready: true })
    await reported('starting', 'running')
    refuse('it cannot')
    host.send({ type: 'pause' })
    await reported('starting', 'running', 'pausing', 'running')
    host.send({ type: 'reload' })
    await reported('starting', 'running', 'pausing', 'running', 'reloading', 'running')
    expect(host.logs.filter(({ message }) => message === 'it cannot (see)')).toHaveLength(2)
  })

  test('makes an event of a code of the manager’s own', async () => {
    const { host, notes } = keep()
    host.send({ type: 'custom', code: 200 })
    await expect.poll(() => notes).toEqual(['control 200 of the service manager'])
  })

  test('S12 says that the machine goes down', async () => {
    const { host, code } = keep()
    host.send({ ...STOP, reason: 'preshutdown' })
    expect(await code).toBe(0)
    expect(host.logs).toContainEqual({ severity: 5, message: 'the machine goes down' })
  })

  test.each<[HostKind, number]>([
    ['scm', 7],
    ['systemd', 70],
  ])('S05 ends when its program has failed for good: under %s with %d', async (kind, expected) => {
    const { become, host, code } = keep(kind)
    const exit: Exit = { kind: 'code', code: 7 }
    become({ phase: 'fatal', why: 'it ended with code 7', lastExit: { exit } as never })
    expect(await code).toBe(expected)
    expect(host.finished[0]?.reason).toBe('it ended with code 7')
  })
})
