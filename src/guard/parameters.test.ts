import { describe, expect, test } from 'vitest'
import { program, running, scripted, type World } from '../../test/simulation/scripted.ts'
import type { SteadError } from '../errors.ts'
import { eventText } from '../model/event-text.ts'
import type { GuardedParameter, ParameterRequest, ParameterResult } from '../model/parameter.ts'
import { readDeclarations } from '../model/parameter-declaration.ts'
import { ANSWER_TIME } from './parameter-delivery.ts'

const MINUTE = 60_000
const START = { kind: 'start' } as const
const COMMAND = { kind: 'command', command: ['/set'] } as const
const { specs } = readDeclarations({
  level: { type: 'enum', values: ['debug', 'info'], default: 'info' },
  rate: { type: 'integer', default: 10, max: 100 },
})
const [LEVEL, RATE] = specs.map((spec) => ({ ...spec, env: null, apply: START })) as [
  GuardedParameter,
  GuardedParameter,
]

function set(world: World, request: Partial<ParameterRequest>, service = 'web') {
  const whole = { set: {}, reset: [], for: null, ...request }
  return world.guard.api.setParameters(service, whole, { uid: 1000, pid: null })
}

function valuesOf(world: World): Record<string, unknown> {
  const facts = world.guard.api.parameters('web')
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]))
}

const told = (world: World): readonly (string | null)[] =>
  world.events.filter(({ type }) => type === 'parameter').map(eventText)

const refusal = (set: Promise<ParameterResult>): Promise<SteadError> =>
  set.then(
    () => {
      throw new Error('it was taken')
    },
    (error: SteadError) => error,
  )

/** A service of the SDK says that it has seen the newest request, or that it refuses it. */
function answer(world: World, id: string, refused: string | null = null): void {
  const { number = 0, set = {} } = world.parameters.asked.get(id) ?? {}
  const [service, instance = 1] = id.split('@')
  const { incarnation } = world.status(id)
  const life = `simulated.${service}.${instance}.${incarnation}`
  const values = Object.fromEntries(Object.entries(set).map(([name, { value }]) => [name, value]))
  world.parameters.say(id, { number, life, declared: [LEVEL, RATE], values, refused })
}

describe('a parameter of a program', () => {
  test('is had from the next start on, unless something else is said', async () => {
    const world = await running({ services: [program('web', { parameters: [LEVEL, RATE] })] })
    const { changes, outcomes } = await set(world, { set: { level: 'debug', rate: '20' } })
    expect(changes.map(({ name, old, value }) => [name, old, value])).toEqual([
      ['level', 'info', 'debug'],
      ['rate', 10, 20],
    ])
    expect(outcomes).toEqual([
      { id: 'web', state: 'pending', reason: 'level, rate: it has it from its next start on' },
    ])
    expect(told(world)).toEqual([
      'web: level is debug (was info) by operator uid 1000',
      'web: rate is 20 (was 10) by operator uid 1000',
    ])
    expect(world.startsOf('web')).toHaveLength(1)
  })

  test('restarts it, where that is said, and is taken back where it does not come up', async () => {
    const parameters = [{ ...LEVEL, apply: { kind: 'restart' } as const }]
    const world = await running({
      services: [program('web', { parameters, restart: { when: 'no' } })],
      lives: { web: (nth) => (nth === 3 ? { spawnError: 'ENOENT' } : {}) },
    })
    await world.pass(MINUTE)
    const first = await world.until(set(world, { set: { level: 'debug' } }))
    expect(first.outcomes).toEqual([{ id: 'web', state: 'applied', reason: null }])
    expect(world.startsOf('web')).toHaveLength(2)
    const error = await world.until(refusal(set(world, { reset: ['level'] })))
    expect(error.code).toBe('PARAMETER_REFUSED')
    expect(valuesOf(world)).toEqual({ level: 'debug' })
  })

  test('is brought by a command, and again to each new life; one that fails takes all back', async () => {
    const ran: string[] = []
    const world = await running({
      services: [
        program('web', {
          parameters: [
            { ...LEVEL, apply: COMMAND },
            { ...RATE, apply: COMMAND },
          ],
        }),
      ],
      async runCommand(_instance, _command, { STEAD_PARAMETER, STEAD_VALUE }) {
        ran.push(`${STEAD_PARAMETER}=${STEAD_VALUE}`)
        const ok = STEAD_VALUE !== '13'
        return { ok, took: 1, detail: ok ? 'exit code 0' : 'exit code 1: no' }
      },
    })
    await set(world, { set: { level: 'debug' } })
    expect(ran.splice(0)).toEqual(['level=debug'])
    const error = await refusal(set(world, { set: { rate: 13 }, reset: ['level'] }))
    expect(error.message).toBe('web does not take it: web: the command for rate: exit code 1: no')
    expect(ran.splice(0)).toEqual([
      'level=info',
      'rate=13',
      'level=debug',
      'level=debug',
      'rate=10',
    ])
    expect(valuesOf(world)).toEqual({ level: 'debug', rate: 10 })
    await world.until(world.act('restart', 'web'))
    expect(ran).toEqual(['level=debug'])
  })

  test('is kept for one that does not run', async () => {
    const services = [program('web', { parameters: [LEVEL], autostart: false })]
    const world = await running({ services })
    const { outcomes } = await set(world, { set: { level: 'debug' } })
    expect(outcomes[0]?.reason).toBe('it does not run, and has it from its next start on')
    expect(world.parameters.asked.get('web')?.set.level?.value).toBe('debug')
  })

  test('of a service that has none is refused, and so is one of several services', async () => {
    const world = await running({ services: [program('web'), program('wob')] })
    expect((await refusal(set(world, { set: { level: 'debug' } }))).code).toBe('PARAMETERS_NONE')
    expect((await refusal(set(world, {}, 'w*b'))).code).toBe('REQUEST_INVALID')
    expect((await refusal(set(world, {}, 'wbe'))).code).toBe('NOT_INSTALLED')
  })
})

describe('a service of the SDK', () => {
  test('takes it by itself, and says so; every instance, one after the other', async () => {
    const world = await running({ services: [program('web', { instances: 2 })] })
    await world.pass(MINUTE)
    answer(world, 'web@1')
    answer(world, 'web@2')
    const setting = set(world, { set: { level: 'debug' } })
    await world.pass(0)
    expect(world.parameters.asked.get('web@1')?.set.level?.value).toBe('debug')
    expect(world.parameters.asked.has('web@2')).toBe(false)
    answer(world, 'web@1')
    await world.pass(0)
    answer(world, 'web@2')
    expect((await setting).outcomes.map(({ state }) => state)).toEqual(['applied', 'applied'])
  })

  test('refuses with its reason, and those that had taken it go back', async () => {
    const world = await running({ services: [program('web', { instances: 2 })] })
    await world.pass(MINUTE)
    answer(world, 'web@1')
    answer(world, 'web@2')
    const setting = refusal(set(world, { set: { level: 'debug' } }))
    await world.pass(0)
    answer(world, 'web@1')
    await world.pass(0)
    answer(world, 'web@2', 'not now')
    const error = await world.until(setting)
    expect(error.message).toBe('web does not take it: web@2: not now')
    expect(world.parameters.asked.get('web@1')?.set).toEqual({})
    expect(world.parameters.kept.services).toEqual({})
    expect(told(world)).toEqual([])
  })

  test('that does not answer in time has it as soon as it does', async () => {
    const world = await running({ services: [program('web')] })
    await world.pass(MINUTE)
    answer(world, 'web')
    const setting = set(world, { set: { level: 'debug' } })
    await world.pass(ANSWER_TIME)
    expect((await setting).outcomes).toEqual([
      {
        id: 'web',
        state: 'pending',
        reason: 'it has not answered within 10 s, and takes it when it does',
      },
    ])
  })

  test('that said something in an earlier life is not waited for', async () => {
    const world = await running({ services: [program('web', { parameters: [LEVEL] })] })
    answer(world, 'web')
    await world.until(world.act('restart', 'web'))
    const { outcomes } = await set(world, { set: { level: 'debug' } })
    expect(outcomes[0]?.reason).toBe('level: it has it from its next start on')
  })
})

describe('what was set', () => {
  const services = [program('web', { parameters: [LEVEL, RATE] })]

  test('is there for the next guard, and two changes are made one after the other', async () => {
    const world = await running({ services })
    await Promise.all([set(world, { set: { level: 'debug' } }), set(world, { set: { rate: 20 } })])
    world.again()
    expect(valuesOf(world)).toEqual({ level: 'debug', rate: 20 })
  })

  test('goes back at the end of its time, also where another guard keeps it by then', async () => {
    const world = await running({ services })
    await set(world, { set: { level: 'debug' }, for: 10 * MINUTE })
    await world.pass(5 * MINUTE)
    world.again()
    await world.pass(5 * MINUTE - 1)
    expect(valuesOf(world).level).toBe('debug')
    await world.pass(1)
    expect(valuesOf(world).level).toBe('info')
    expect(told(world).at(-1)).toBe('web: level is info (was debug): its time is over')
    expect(world.parameters.kept.services).toEqual({})
  })

  test('is over for a guard that begins after its time, which tells it once', async () => {
    const world = await running({ services })
    await set(world, { set: { level: 'debug' }, for: MINUTE })
    world.drop()
    world.time.pass(2 * MINUTE)
    world.again()
    expect(valuesOf(world).level).toBe('info')
    const last = 'web: level is info (was debug): its time is over'
    expect(told(world).at(-1)).toBe(last)
    expect(world.parameters.kept.services).toEqual({})
    world.again()
    expect(told(world).filter((text) => text === last)).toHaveLength(1)
  })

  test('goes back within a minute where the clock jumps ahead, and never later than in its whole time', async () => {
    const world = await running({ services })
    await set(world, { set: { level: 'debug' }, for: 60 * MINUTE })
    world.time.jump(120 * MINUTE)
    await world.pass(MINUTE)
    expect(valuesOf(world).level).toBe('info')
    await set(world, { set: { level: 'debug' }, for: 60 * MINUTE })
    world.time.jump(-24 * 60 * MINUTE)
    await world.pass(60 * MINUTE - 1)
    expect(valuesOf(world).level).toBe('debug')
    await world.pass(1)
    expect(valuesOf(world).level).toBe('info')
  })

  test('is its default where another declaration does not have it, and that is told', async () => {
    const world = await running({ services })
    await set(world, { set: { level: 'debug', rate: 90 } })
    const { pid } = world.status('web')
    await world.replace([program('web', { parameters: [LEVEL, { ...RATE, max: 50 }] })])
    await world.pass(0)
    expect(world.status('web').pid).toBe(pid)
    expect(valuesOf(world)).toEqual({ level: 'debug', rate: 10 })
    expect(told(world).at(-1)).toBe('web: rate is 10 (was 90): it is declared otherwise')
  })

  test('gives way to another default only where nothing was set', async () => {
    const world = await running({ services })
    await set(world, { set: { level: 'debug' } })
    const other = [
      { ...LEVEL, default: 'debug' },
      { ...RATE, default: 30 },
    ]
    await world.replace([program('web', { parameters: other })])
    await world.pass(0)
    expect(valuesOf(world)).toEqual({ level: 'debug', rate: 30 })
    expect(told(world).at(-1)).toBe('web: rate is 30 (was 10): it is declared otherwise')
  })
})

test('a guard that was not started yet knows what is declared', () => {
  const world = scripted({ services: [program('web', { parameters: [LEVEL] })] })
  world.again()
  expect(valuesOf(world)).toEqual({ level: 'info' })
})
