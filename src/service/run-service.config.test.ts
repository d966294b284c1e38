import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { fakeHost, fakeProcessEvents } from '../../test/fakes/host.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { SteadError } from '../errors.ts'
import type { ControlType } from '../model/ports/host.ts'
import type { ServiceContext } from './context.ts'
import { defineService, type ServiceDefinition } from './define-service.ts'
import { runService } from './run-service.ts'

const schema = z.object({ port: z.number(), log: z.object({ level: z.string() }) })
type Config = z.output<typeof schema>

const config = (port: number, level = 'info'): Config => ({ port, log: { level } })
const wrong = new SteadError('CONFIG_INVALID', {
  source: 'web.yaml',
  problems: ['web.yaml:1:7: port: it is no number\n  1 | port: x'],
})

async function running(first: unknown, definition: Partial<ServiceDefinition<Config>> = {}) {
  const host = fakeHost()
  const clock = manualClock()
  let next = first
  let changed: (() => void) | null = null
  let context: ServiceContext<Config> | null = null
  const service = defineService({
    name: 'web',
    config: schema,
    ...definition,
    start(given) {
      context = given
      return definition.start?.(given)
    },
  })
  const configuration = {
    async load() {
      if (next instanceof Error) throw next
      return next
    },
    watch(tell: () => void) {
      changed = tell
      return () => {
        changed = null
      }
    },
  }
  const events = fakeProcessEvents()
  const ended = runService(service, { host, clock, events, configFile: null, configuration })
  await clock.settle()
  return {
    host,
    ended,
    settle: clock.settle,
    context: () => context as unknown as ServiceContext<Config>,
    watched: () => changed !== null,
    logged: () => host.logs.map(({ message }) => message).join('\n'),
    async send(type: Extract<ControlType, 'reload' | 'pause' | 'resume'>, value: unknown = next) {
      next = value
      host.send({ type })
      await clock.settle()
    },
    async save(value: unknown) {
      next = value
      changed?.()
      await clock.settle()
    },
  }
}

describe('a service with a configuration', () => {
  test('has it before its start, typed and frozen', async () => {
    const levels: string[] = []
    const { context } = await running(config(80), {
      // This is compiled because the schema says what it is.
      start: ({ config }) => void levels.push(config.log.level),
    })
    expect(levels).toEqual(['info'])
    expect(() => Object.assign(context().config.log, { level: 'x' })).toThrow(TypeError)
  })

  test('that is wrong does not start: its start is never called, and the code is 6', async () => {
    let called = false
    const { host, ended, logged } = await running(wrong, {
      start() {
        called = true
      },
    })
    expect(await ended).toBe(6)
    expect(called).toBe(false)
    expect(host.reports).toEqual(['starting', 'stopping', 'finish 6'])
    expect(host.finished[0]?.reason).toBe('web.yaml:1:7: port: it is no number')
    expect(logged()).toBe('start failed: web.yaml:1:7: port: it is no number\n  1 | port: x')
  })

  test('can be reloaded without a function for it, and then has the new one', async () => {
    const { host, context, send, logged } = await running(config(80))
    expect(host.accepted.has('reload')).toBe(true)
    await send('reload', config(81, 'debug'))
    expect(context().config).toEqual(config(81, 'debug'))
    expect(host.reports).toEqual(['starting', 'running', 'reloading', 'running'])
    expect(logged()).toBe('configuration: port, log.level changed')
  })

  test('goes on with the old where the new one is wrong', async () => {
    const { host, context, send, logged } = await running(config(80))
    await send('reload', wrong)
    expect(context().config).toEqual(config(80))
    expect(host.reports.at(-1)).toBe('running')
    expect(logged()).toBe('reload refused: web.yaml:1:7: port: it is no number\n  1 | port: x')
    await send('reload', config(82))
    expect(context().config.port).toBe(82)
  })

  test('goes on with the old where a listener refuses, or its own reload', async () => {
    const seen: number[] = []
    const { context, send, logged } = await running(config(80), {
      start: (given) =>
        given.onConfig(({ config }) => {
          seen.push(config.port)
          if (config.port < 80) throw new Error('not below 80')
        }),
      reload(given) {
        if (given.config.port === 90) throw new Error('busy')
      },
    })
    await send('reload', config(79))
    expect(logged()).toContain('reload refused: Error: not below 80')
    await send('reload', config(90))
    expect(logged()).toContain('reload refused: Error: busy')
    expect(context().config).toEqual(config(80))
    expect(seen).toEqual([79, 90, 80])
  })

  test('ends where a part of it cannot go back, rather than to run with a mix', async () => {
    const { ended, host, send } = await running(config(80), {
      start(given) {
        given.onConfig(({ config }) => {
          if (config.port === 80) throw new Error('port 80 is taken by now')
        })
        given.onConfig(() => Promise.reject(new Error('no')))
      },
    })
    await send('reload', config(81))
    expect(await ended).toBe(1)
    expect(host.finished[0]?.reason).toContain('port 80 is taken by now')
  })
})

describe('a service that watches its configuration', () => {
  test('takes a change of its files as a reload', async () => {
    const { host, context, save } = await running(config(80), { watchConfig: true })
    await save(config(81))
    expect(context().config.port).toBe(81)
    expect(host.reports).toEqual(['starting', 'running', 'reloading', 'running'])
  })

  test('takes what changes while it starts, is paused or reloads as soon as it can', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const seen: number[] = []
    const { context, save, send, settle } = await running(config(80), {
      watchConfig: true,
      start: () => gates[0]?.promise,
      pause: () => {},
      resume: () => {},
      async reload(given) {
        seen.push(given.config.port)
        if (given.config.port === 82) await gates[1]?.promise
      },
    })
    await save(config(81))
    expect(context().config.port).toBe(80)
    gates[0]?.resolve()
    await settle()
    expect(seen).toEqual([81])
    await send('pause')
    expect(context().config.port).toBe(81)
    await save(config(82))
    expect(context().config.port).toBe(81)
    await send('resume')
    await save(config(83))
    expect(seen).toEqual([81, 82])
    gates[1]?.resolve()
    await save(config(84))
    expect(seen.at(-1)).toBe(84)
    expect(context().config.port).toBe(84)
  })

  test('watches only where it asks for that, and no longer than it runs', async () => {
    expect((await running(config(80))).watched()).toBe(false)
    const { host, ended, watched } = await running(config(80), { watchConfig: true })
    expect(watched()).toBe(true)
    host.send({ type: 'stop', reason: 'request', force: false })
    await ended
    expect(watched()).toBe(false)
  })
})
