import { describe, expect, test } from 'vitest'
import { processorTime } from '../../test/fixtures/processor-time.ts'
import { criticalPath } from './critical-path.ts'
import type { GraphService, StartTimes } from './guard-graph.ts'
import type { DependencyCondition } from './program-spec.ts'

const at = (milliseconds: number): string =>
  new Date(1_767_225_600_000 + milliseconds).toISOString()

/** `[asked, started, ready]`, and for a job `[asked, started, null, ended]`. */
type Times = readonly [number, number | null, number | null, (number | null)?]

function service(
  name: string,
  dependsOn: Record<string, DependencyCondition>,
  ...times: readonly (Times | null)[]
): GraphService {
  const text = (value: number | null | undefined): string | null =>
    value == null ? null : at(value)
  return {
    name,
    type: times[0]?.[3] === undefined ? 'service' : 'job',
    dependsOn,
    groups: [],
    count: times.length,
    instances: times.map((one, index) => {
      const start: StartTimes | null =
        one === null
          ? null
          : {
              asked: at(one[0]),
              started: text(one[1]),
              ready: text(one[2]),
              healthy: null,
              ended: text(one[3]),
            }
      const id = times.length === 1 ? name : `${name}@${index + 1}`
      return { id, phase: 'running', ready: true, health: 'unknown', start }
    }),
  }
}

const idsOf = (services: readonly GraphService[]) =>
  criticalPath(services)?.steps.map(({ id }) => id) ?? null

describe('the critical path of a start', () => {
  test('is the chain that decided, with what each waited and took', () => {
    const path = criticalPath([
      service('db', {}, [0, 1, 1_200]),
      service('cache', {}, [0, 2, 100]),
      service('api', { db: 'ready', cache: 'ready' }, [0, 1_205, 2_000]),
      service('quick', { cache: 'ready' }, [0, 101, 150]),
    ])
    expect(path).toMatchObject({ began: at(0), ended: at(2_000), took: 2_000 })
    expect(path?.steps).toEqual([
      {
        id: 'db',
        after: null,
        asked: at(0),
        started: at(1),
        done: at(1_200),
        waited: 1,
        took: 1_199,
      },
      {
        id: 'api',
        after: { id: 'db', condition: 'ready' },
        asked: at(0),
        started: at(1_205),
        done: at(2_000),
        waited: 1_205,
        took: 795,
      },
    ])
  })

  test('goes by the instance that was last, and by the condition that was waited for', () => {
    const services = [
      service('db', {}, [0, 10, 900], [0, 20, 500]),
      service('migrate', { db: 'started' }, [0, 21, null, 700]),
      service('api', { migrate: 'succeeded', db: 'started' }, [0, 705, 720]),
    ]
    expect(idsOf(services)).toEqual(['db@1'])
    const slower = [...services, service('web', { api: 'ready' }, [0, 722, 1_000])]
    expect(criticalPath(slower)?.steps.map(({ id, done }) => [id, done])).toEqual([
      ['db@2', at(20)],
      ['migrate', at(700)],
      ['api', at(720)],
      ['web', at(1_000)],
    ])
  })

  test('leaves out what was so before it was asked', () => {
    expect(
      idsOf([
        service('db', {}, [0, 1, 50]),
        service('web', { db: 'ready' }, [9_000, 9_001, 9_100]),
      ]),
    ).toEqual(['web'])
  })

  test('is nothing where nothing has become ready', () => {
    expect(criticalPath([])).toBeNull()
    expect(criticalPath([service('a', {}, null)])).toBeNull()
    expect(criticalPath([service('a', {}, [0, 5, null])])).toBeNull()
  })

  test('ends also where a clock that was set back makes a circle', () => {
    const services = [
      service('a', { b: 'started' }, [0, 10, 10]),
      service('b', { a: 'started' }, [0, 10, 10]),
    ]
    expect(idsOf(services)).toHaveLength(2)
  })

  test('of 10,000 services in a row is found at once', () => {
    const services = Array.from({ length: 10_000 }, (_, index) =>
      service(`s${index}`, index === 0 ? {} : { [`s${index - 1}`]: 'ready' }, [
        0,
        index * 2 + 1,
        index * 2 + 2,
      ]),
    )
    const begin = processorTime()
    expect(idsOf(services)).toHaveLength(10_000)
    expect(processorTime() - begin).toBeLessThan(2_000)
  })
})
