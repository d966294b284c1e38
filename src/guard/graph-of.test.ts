import { describe, expect, test } from 'vitest'
import { program, running } from '../../test/simulation/scripted.ts'
import { criticalPath } from '../model/critical-path.ts'
import type { GuardGraph } from '../model/guard-graph.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const
const idsOf = ({ services }: GuardGraph) => criticalPath(services)?.steps.map(({ id }) => id)

describe('the graph of a guard', () => {
  const services = [
    program('db', { ready: NOTIFY }),
    program('cache', { ready: NOTIFY }),
    program('api', { ready: NOTIFY, instances: 2, dependsOn: { db: 'ready', cache: 'ready' } }),
    program('idle', { autostart: false }),
  ]
  const lives = { db: { readyAfter: 300 }, cache: { readyAfter: 50 }, api: { readyAfter: 100 } }
  const groups = [
    { name: 'data', services: ['db', 'cache'], strategy: 'one_for_one', limit: null },
  ] as const

  test('tells who needs whom, and when each was ready in the last start', async () => {
    const world = await running({ services, lives, groups })
    await world.pass(5_000)
    const graph = world.guard.api.graph({ names: [] })
    expect(graph.services.map(({ name, count, groups: of }) => [name, count, of])).toEqual([
      ['db', 1, ['data']],
      ['cache', 1, ['data']],
      ['api', 2, []],
      ['idle', 1, []],
    ])
    expect(graph.services[2]?.dependsOn).toEqual({ db: 'ready', cache: 'ready' })
    expect(graph.services[3]?.instances[0]).toMatchObject({ phase: 'stopped', start: null })
    const path = criticalPath(graph.services)
    expect(path).toMatchObject({ took: 400, steps: [{ id: 'db', took: 300 }, { waited: 300 }] })
  })

  test('a crash changes nothing of the last start; a restart is another one', async () => {
    const world = await running({ services, lives, groups })
    await world.pass(5_000)
    world.leaderOf('cache').end(CRASH)
    await world.pass(60_000)
    expect(idsOf(world.guard.api.graph({ names: [] }))?.[0]).toBe('db')
    await world.until(world.act('restart', 'cache'))
    await world.pass(5_000)
    expect(idsOf(world.guard.api.graph({ names: [] }))).toEqual(['cache'])
  })

  test('of a part leaves out what is not in it', async () => {
    const world = await running({ services, lives, groups })
    const { services: some } = world.guard.api.graph({ names: [], only: new Set(['api', 'db']) })
    expect(some.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['db', {}],
      ['api', { db: 'ready' }],
    ])
  })
})
