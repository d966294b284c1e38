import { describe, expect, test } from 'vitest'
import type { GraphInstance, GraphService } from '../../model/guard-graph.ts'
import type { ProgramPhase } from '../../model/guard-status.ts'
import type { DependencyCondition } from '../../model/program-spec.ts'
import { graphMermaid } from './graph-mermaid.ts'
import { aroundNames, criticalText, graphText } from './graph-text.ts'

const PLAIN = { colour: false, unicode: true }

function service(
  name: string,
  dependsOn: Record<string, DependencyCondition> = {},
  phases: readonly ProgramPhase[] = ['running'],
  more: Partial<GraphService> = {},
): GraphService {
  const instances = phases.map(
    (phase, at): GraphInstance => ({
      id: phases.length === 1 ? name : `${name}@${at + 1}`,
      phase,
      ready: phase === 'running',
      health: 'unknown',
      start: null,
    }),
  )
  return { name, type: 'service', dependsOn, groups: [], count: phases.length, instances, ...more }
}

const SHOP = [
  service('db'),
  service('cache', {}, ['backoff']),
  service('api', { db: 'ready', cache: 'started' }, ['waiting']),
  service('web', { api: 'healthy' }, ['running', 'fatal', 'running']),
]

describe('a graph as text', () => {
  test('has under each what needs it, and what stands there already once', () => {
    expect(graphText(SHOP, PLAIN).split('\n')).toEqual([
      'db  running',
      '└─ api  waiting  (ready)',
      '   └─ web  1 fatal, 2 running  (healthy)',
      'cache  backoff',
      '└─ api  waiting  (started) …',
    ])
  })

  test('is of plain characters where the terminal has no others', () => {
    const text = graphText(
      [service('a'), service('b', { a: 'ready' }), service('c', { a: 'ready' })],
      {
        colour: false,
        unicode: false,
      },
    )
    expect(text).toBe('a  running\n+- b  running  (ready)\n`- c  running  (ready)')
  })

  test('is coloured by the worst of the instances', () => {
    const text = graphText(SHOP, { ...PLAIN, colour: true })
    expect(text).toContain('db  \u001b[32mrunning\u001b[0m')
    expect(text).toContain('web  \u001b[31m1 fatal, 2 running\u001b[0m')
  })

  test('of a definition has no states', () => {
    const bare = { instances: [] }
    expect(
      graphText(
        [
          service('db', {}, [], { ...bare, count: 1 }),
          service('web', { db: 'ready' }, [], { ...bare, count: 3 }),
          service('once', {}, [], { ...bare, count: 1, type: 'job' }),
        ],
        PLAIN,
      ).split('\n'),
    ).toEqual(['db', '└─ web  3 instances  (ready)', 'once  job'])
    expect(graphText([], PLAIN)).toBe('no services')
  })

  test('of a service that answers badly says so', () => {
    const [one] = service('db').instances
    const bad = {
      ...service('db'),
      instances: [{ ...(one as GraphInstance), health: 'unhealthy' as const }],
    }
    expect(graphText([bad], PLAIN)).toBe('db  unhealthy')
  })

  test('has a line for each service and each dependency, also of a thousand layers that all need each other', () => {
    const wide = Array.from({ length: 1_000 }, (_, at) =>
      service(
        `s${at}`,
        Object.fromEntries(
          Array.from({ length: Math.min(at, 3) }, (_, back) => [
            `s${at - 1 - back}`,
            'ready' as const,
          ]),
        ),
      ),
    )
    const edges = wide.reduce((sum, { dependsOn }) => sum + Object.keys(dependsOn).length, 0)
    expect(graphText(wide, PLAIN).split('\n')).toHaveLength(edges + 1)
    expect(graphMermaid(wide, null).split('\n')).toHaveLength(1 + 1_000 + edges + 1)
  })
})

describe('a part of a graph', () => {
  test('is what is named with all that it needs and all that needs it, and nothing beside', () => {
    const beside = service('beside', { db: 'ready' })
    expect(aroundNames([...SHOP, beside], new Set(['api'])).map(({ name }) => name)).toEqual([
      'db',
      'cache',
      'api',
      'web',
    ])
    const [web] = aroundNames([...SHOP, beside], new Set(['cache'])).filter(
      ({ name }) => name === 'api',
    )
    expect(web?.dependsOn).toEqual({ cache: 'started' })
  })
})

describe('a graph as Mermaid', () => {
  test('has a node for each service, an arrow to what needs it, groups, and the critical path', () => {
    const services = SHOP.map((one) => (one.name === 'db' ? { ...one, groups: ['data'] } : one))
    const step = { asked: '', started: '', done: '', waited: 0, took: 0 }
    const path = {
      began: '',
      ended: '',
      took: 0,
      steps: [
        { ...step, id: 'db', after: null },
        { ...step, id: 'api', after: { id: 'db', condition: 'ready' as const } },
      ],
    }
    const lines = graphMermaid(services, path).split('\n')
    expect(lines[0]).toBe('flowchart LR')
    expect(lines.slice(1, -3)).toEqual([
      '  subgraph g0["data"]',
      '    n0["db<br/>running"]:::good',
      '  end',
      '  n1["cache<br/>backoff"]:::busy',
      '  n2["api<br/>waiting"]:::busy',
      '  n3["web ×3<br/>fatal"]:::bad',
      '  n0 ==>|ready| n2',
      '  n1 -->|started| n2',
      '  n2 -->|healthy| n3',
    ])
    expect(lines.filter((line) => line.startsWith('  classDef '))).toHaveLength(3)
  })
})

test('the critical path is told with who waited for whom, and how long', () => {
  const text = criticalText({
    began: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:00:02.000Z',
    took: 2_000,
    steps: [
      {
        id: 'db',
        after: null,
        asked: '2026-01-01T00:00:00.000Z',
        started: '2026-01-01T00:00:00.001Z',
        done: '2026-01-01T00:00:01.200Z',
        waited: 1,
        took: 1_199,
      },
      {
        id: 'api@2',
        after: { id: 'db', condition: 'ready' },
        asked: '2026-01-01T00:00:00.000Z',
        started: '2026-01-01T00:00:01.205Z',
        done: '2026-01-01T00:00:02.000Z',
        waited: 1_205,
        took: 795,
      },
    ],
  })
  expect(text.split('\n')).toEqual([
    'the last start took 2.000 s, from 2026-01-01T00:00:00.000Z; what decided it:',
    '  +0.001 s  db     done 1.199 s after its start',
    '  +1.205 s  api@2  waited 1.205 s, at last for db (ready); done 0.795 s after its start',
  ])
})
