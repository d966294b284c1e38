import { describe, expect, test } from 'vitest'
import { fakeHost, fakeProcessEvents } from '../../test/fakes/host.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import type { Control } from '../model/ports/host.ts'
import type { ServiceContext } from './context.ts'
import { defineService, type ServiceDefinition } from './define-service.ts'
import { runService } from './run-service.ts'

const STOP: Control = { type: 'stop', reason: 'request', force: false }
const never = (): Promise<void> => new Promise(() => {})

async function running(
  definition: Partial<ServiceDefinition> = {},
  watchdog: number | null = null,
) {
  const host = fakeHost(watchdog)
  const clock = manualClock()
  const events = fakeProcessEvents()
  let context: ServiceContext | null = null
  const service = defineService({
    name: 'web',
    ...definition,
    start(given) {
      context = given
      return definition.start?.(given)
    },
  })
  let code: number | null = null
  void runService(service, { host, clock, events, configFile: '/etc/web.conf' }).then((ended) => {
    code = ended
  })
  await clock.settle()
  return {
    host,
    clock,
    events,
    code: () => code,
    context: () => context as unknown as ServiceContext,
    async send(...controls: Control[]) {
      for (const control of controls) host.send(control)
      await clock.settle()
    },
    logged: () => host.logs.map(({ message }) => message).join('\n'),
  }
}

describe('a start', () => {
  test('is starting until it resolves, and ready once', async () => {
    const gate = Promise.withResolvers<void>()
    const { host, clock } = await running({ start: () => gate.promise })
    expect(host.reports).toEqual(['starting'])
    gate.resolve()
    await clock.settle()
    expect(host.reports).toEqual(['starting', 'running'])
  })

  test.each([
    [
      'throws',
      () => {
        throw Object.assign(new Error('no disk'), { exitCode: 9 })
      },
      9,
    ],
    [
      'rejects',
      async () => {
        throw new Error('no disk')
      },
      1,
    ],
    ['rejects with no error', () => Promise.reject('no disk'), 1],
  ] as const)('S04 that %s is a failure with a code and a reason', async (_, start, expected) => {
    const { host, code, logged, events } = await running({ start })
    expect(host.reports).toEqual(['starting', 'stopping', `finish ${expected}`])
    expect(host.finished[0]?.reason).toContain('no disk')
    expect(logged()).toContain('no disk')
    expect(code()).toBe(expected)
    expect(events.alive).toBe(0)
  })

  test('S04 that never settles fails at its deadline with 124, and what it opened is closed', async () => {
    const closed: string[] = []
    const { host, clock, code } = await running({
      startTimeout: '3s',
      start(context) {
        context.onStop((reason) => closed.push(reason))
        return never()
      },
    })
    await clock.advance(2_999)
    expect(code()).toBeNull()
    await clock.advance(1)
    expect(code()).toBe(124)
    expect(closed).toEqual(['failure'])
    expect(host.finished[0]?.reason).toContain('not ready within 3 s')
  })

  test('S02 may take longer when it says so, for us and for the manager', async () => {
    const { host, clock, code, context } = await running({ startTimeout: '3s', start: never })
    await clock.advance(2_000)
    context().extendTimeout(10_000)
    expect(host.patience).toEqual([3_000, 10_000])
    await clock.advance(9_999)
    expect(code()).toBeNull()
    await clock.advance(1)
    expect(code()).toBe(124)
  })

  test('S03 is overtaken by a stop: its signal is aborted, and it is never ready afterwards', async () => {
    const gate = Promise.withResolvers<void>()
    const { host, clock, context, send, code } = await running({ start: () => gate.promise })
    await send(STOP)
    expect(context().signal.aborted).toBe(true)
    expect(context().signal.reason).toBe('request')
    expect(code()).toBeNull()
    gate.resolve()
    await clock.settle()
    expect(host.reports).toEqual(['starting', 'stopping', 'finish 0'])
  })

  test('S03 that rejects because it was stopped is no failure', async () => {
    const { code, send } = await running({
      start: (context) =>
        new Promise((_, reject) =>
          context.signal.addEventListener('abort', () => reject(new Error('aborted'))),
        ),
    })
    await send(STOP)
    expect(code()).toBe(0)
  })
})

describe('a stop', () => {
  test('runs stop first and then what was registered, the last first, and tells why', async () => {
    const order: string[] = []
    const { send, code } = await running({
      start(context) {
        context.onStop((reason) => order.push(`first ${reason}`))
        context.onStop((reason) => order.push(`second ${reason}`))
      },
      stop: () => void order.push('stop'),
    })
    await send({ type: 'stop', reason: 'shutdown', force: false })
    expect(order).toEqual(['stop', 'second shutdown', 'first shutdown'])
    expect(code()).toBe(0)
  })

  test('goes on after a cleanup that throws, and ends with its failure', async () => {
    const order: string[] = []
    const { send, host, code } = await running({
      start(context) {
        context.onStop(() => order.push('first'))
        context.onStop(() => {
          throw new Error('socket is gone')
        })
      },
    })
    await send(STOP)
    expect(order).toEqual(['first'])
    expect(code()).toBe(1)
    expect(host.finished[0]?.reason).toContain('socket is gone')
  })

  test('that does not end is ended at its deadline with 125', async () => {
    const { send, clock, code } = await running({ stop: never, stopTimeout: '5s' })
    await send(STOP)
    await clock.advance(4_999)
    expect(code()).toBeNull()
    await clock.advance(1)
    expect(code()).toBe(125)
  })

  test('S03 while stopping changes nothing; with force it ends at once with 130', async () => {
    const { send, host, code } = await running({ stop: never })
    await send(STOP, STOP)
    expect(host.reports.filter((report) => report === 'stopping')).toHaveLength(1)
    await send({ type: 'stop', reason: 'interrupt', force: true })
    expect(code()).toBe(130)
    expect(host.finished).toHaveLength(1)
  })
})

describe('S11 pause, resume and reload', () => {
  const pausable = { pause: () => {}, resume: () => {}, reload: () => {} }

  test('lead there and back', async () => {
    const { send, host } = await running(pausable)
    await send({ type: 'pause' })
    await send({ type: 'resume' })
    await send({ type: 'reload' })
    expect(host.reports).toEqual([
      'starting',
      'running',
      'pausing',
      'paused',
      'resuming',
      'running',
      'reloading',
      'running',
    ])
  })

  test('are let through only where they are legal', async () => {
    const { send, host } = await running(pausable)
    expect([...host.accepted].sort()).toEqual(['interrogate', 'pause', 'reload', 'stop'])
    await send({ type: 'pause' })
    expect([...host.accepted].sort()).toEqual(['interrogate', 'resume', 'stop'])
  })

  test('that are illegal are refused with the legal ones named', async () => {
    const { send, host, logged } = await running(pausable)
    await send({ type: 'resume' })
    expect(logged()).toContain('cannot resume while running; legal now: pause, reload, stop')
    expect(host.reports).toEqual(['starting', 'running'])
  })

  test('that a service does not know are told so', async () => {
    const { send, host, logged } = await running()
    await send({ type: 'pause' }, { type: 'custom', code: 128 }, { type: 'interrogate' })
    expect(logged()).toContain('pause: web does not know it')
    expect(host.reports).toEqual(['starting', 'running'])
  })

  test('that reject leave the service as it was', async () => {
    const refuse = (): Promise<void> => Promise.reject(new Error('not now'))
    const { send, host, logged } = await running({ ...pausable, pause: refuse, reload: refuse })
    await send({ type: 'pause' })
    await send({ type: 'reload' })
    expect(host.reports).toEqual([
      'starting',
      'running',
      'pausing',
      'running',
      'reloading',
      'running',
    ])
    expect(logged()).toContain('not now')
  })

  test('that never settle are a failure', async () => {
    const { send, clock, code } = await running({ ...pausable, reload: never, startTimeout: '3s' })
    await send({ type: 'reload' })
    await clock.advance(3_000)
    expect(code()).toBe(124)
  })

  test('are overtaken by a stop', async () => {
    const gate = Promise.withResolvers<void>()
    const { send, clock, host } = await running({ ...pausable, reload: () => gate.promise })
    await send({ type: 'reload' }, STOP)
    gate.resolve()
    await clock.settle()
    expect(host.reports).toEqual(['starting', 'running', 'reloading', 'stopping', 'finish 0'])
  })
})

describe('S04 a failure', () => {
  test('that nobody caught ends it at once', async () => {
    const { events, host, context, code, clock } = await running({ stop: never })
    events.fault(Object.assign(new Error('boom'), { exitCode: 42 }))
    expect(host.reports).toEqual(['starting', 'running', 'finish 42'])
    expect(context().signal.reason).toBe('failure')
    await clock.settle()
    expect(code()).toBe(42)
  })

  test('by process.exit is told with its code, and success is not believed', async () => {
    for (const [asked, expected] of [
      [0, 70],
      [7, 7],
    ] as const) {
      const { events, host } = await running()
      expect(events.exit(asked)).toBe(expected)
      expect(host.finished[0]?.reason).toContain('process.exit')
    }
  })

  test('is not process.exit(0) at the end of a stop that was asked for', async () => {
    const { events, send } = await running({ stop: never })
    await send(STOP)
    expect(events.exit(0)).toBe(0)
  })

  test('given by the service itself stops it in order and keeps its code', async () => {
    const order: string[] = []
    const { context, clock, code } = await running({ stop: () => void order.push('stop') })
    context().fail(Object.assign(new Error('lost the database'), { exitCode: 8 }))
    await clock.settle()
    expect(order).toEqual(['stop'])
    expect(code()).toBe(8)
  })

  test('is not what the stop itself cancelled', async () => {
    const { events, send, context, code, clock } = await running({ stop: never, stopTimeout: '1s' })
    await send(STOP)
    events.fault(context().signal.reason)
    events.fault(new DOMException('This operation was aborted', 'AbortError'))
    expect(code()).toBeNull()
    await clock.advance(1_000)
    expect(code()).toBe(125)
  })
})

test('S04 a fault during a stop ends it once, and what the stop still does changes nothing', async () => {
  const gate = Promise.withResolvers<void>()
  const { send, events, clock, host } = await running({ stop: () => gate.promise })
  await send(STOP)
  events.fault(new Error('boom'))
  gate.resolve()
  await clock.settle()
  expect(host.reports).toEqual(['starting', 'running', 'stopping', 'finish 1'])
})

test('S05 a service that is done stops in order and ends with success', async () => {
  const order: string[] = []
  const { context, clock, code } = await running({ stop: () => void order.push('stop') })
  context().done()
  await clock.settle()
  expect(order).toEqual(['stop'])
  expect(context().signal.reason).toBe('done')
  expect(code()).toBe(0)
})

describe('the watchdog', () => {
  test('of the manager is fed by the loop while the service says nothing', async () => {
    const { host, clock } = await running({}, 1_000)
    await clock.advance(2_000)
    expect(host.pulses).toBe(4)
  })

  test('is fed by heartbeats alone from the first one on', async () => {
    const { host, clock, context } = await running({}, 1_000)
    context().heartbeat()
    await clock.advance(5_000)
    expect(host.pulses).toBe(1)
  })

  test('is kept by stead itself where the manager has none', async () => {
    const { clock, context, code } = await running({ watchdog: '1s' })
    for (let beat = 0; beat < 5; beat += 1) {
      await clock.advance(900)
      context().heartbeat()
    }
    expect(code()).toBeNull()
    await clock.advance(1_500)
    expect(code()).toBe(122)
  })

  test('is fed while the service is paused', async () => {
    const { host, clock, send } = await running(
      { watchdog: '1s', pause: () => {}, resume: () => {} },
      1_000,
    )
    await send({ type: 'pause' })
    await clock.advance(3_000)
    expect(host.pulses).toBeGreaterThanOrEqual(5)
  })
})

test('the context knows the host, the configuration file and the start arguments', async () => {
  const { context, host } = await running()
  expect(context()).toMatchObject({
    host: 'console',
    configFile: '/etc/web.conf',
    startArguments: [],
  })
  context().status('all well')
  context().logger.warning('careful', { n: 1 })
  expect(host.texts).toEqual(['all well'])
  expect(host.logs).toEqual([{ severity: 4, message: 'careful', fields: { n: 1 } }])
})

test('S03 a stop that came before anything ran: start is not called, nor stop, and it ends well', async () => {
  const called: string[] = []
  const host = fakeHost()
  const clock = manualClock()
  host.send(STOP)
  const service = defineService({
    name: 'web',
    start: () => void called.push('start'),
    stop: () => void called.push('stop'),
  })
  const ports = { host, clock, events: fakeProcessEvents(), configFile: null }
  expect(await runService(service, ports)).toBe(0)
  expect(host.reports).toEqual(['starting', 'stopping', 'finish 0'])
  expect(called).toEqual([])
})

describe('after the end', () => {
  test('nothing that the service says is reported', async () => {
    const { send, host, context } = await running({}, 1_000)
    await send(STOP)
    const before = [...host.reports]
    context().status('still here')
    context().heartbeat()
    context().extendTimeout(1_000)
    context().done()
    context().fail(new Error('too late'))
    await send({ type: 'pause' }, STOP)
    expect(host.reports).toEqual(before)
    expect([host.texts, host.pulses, host.finished.length]).toEqual([[], 0, 1])
  })

  test('no timer is left, and nothing keeps the process alive', async () => {
    const { send, clock, events } = await running({ watchdog: '1s' }, 1_000)
    await send(STOP)
    expect([clock.sleepers, events.alive]).toEqual([0, 0])
  })
})

describe('S02 extendTimeout', () => {
  test('with less than is left shortens neither deadline', async () => {
    const { host, clock, code, context } = await running({ startTimeout: '60s', start: never })
    await clock.advance(1_000)
    context().extendTimeout(2_000)
    expect(host.patience).toEqual([60_000, 59_000])
    await clock.advance(58_999)
    expect(code()).toBeNull()
  })

  test('is of no effect while nothing is under way', async () => {
    const { host, context } = await running()
    context().extendTimeout(5_000)
    expect(host.reports).toEqual(['starting', 'running'])
  })

  test.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])('refuses %d', async (time) => {
    const { context } = await running({ start: never })
    expect(() => context().extendTimeout(time)).toThrow(
      expect.objectContaining({ code: 'SPEC_INVALID' }),
    )
  })
})
