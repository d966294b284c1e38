import { describe, expect, test } from 'vitest'
import { guardMetrics } from '../../test/fakes/guard-metrics.ts'
import { processorTime } from '../../test/fixtures/processor-time.ts'
import type { GuardFacts, InstanceStatus } from '../model/guard-status.ts'
import { sampleNames } from './family.ts'
import { familiesOf, METRICS, MOST_INSTANCES, MOST_SERIES, metricsText } from './metrics-text.ts'

const FACTS: GuardFacts = {
  project: 'shop',
  pid: 7,
  socket: '/run/x.sock',
  version: '0.1.0',
  since: '2026-01-01T00:00:00.000Z',
  file: null,
  event: 42,
}

function status(service: string, instance = 1, more: Partial<InstanceStatus> = {}): InstanceStatus {
  return {
    id: `${service}@${instance}`,
    service,
    instance,
    want: { state: 'up', by: 'configuration', at: FACTS.since },
    phase: 'running',
    ready: true,
    health: 'healthy',
    why: 'it "runs" \\ and\nsays so',
    pid: 12,
    incarnation: 3,
    startedAt: FACTS.since,
    next: null,
    restarts: 2,
    failures: 1,
    lastExit: null,
    recovery: null,
    statusText: 'free text of the program',
    survivors: [],
    ...more,
  }
}

const metricsOf = (...services: InstanceStatus[]) => guardMetrics(FACTS, services)
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

describe('metrics', () => {
  test('as OpenMetrics end with EOF and have units, sums of buckets and times of creation', async () => {
    const lines = linesOf(await metricsText(metricsOf(status('web', 2)), 'openmetrics'))
    expect(lines.at(-1)).toBe('# EOF')
    for (const line of [
      '# TYPE stead_build info',
      'stead_build_info{version="0.1.0",project="shop"} 1',
      '# TYPE stead_guard_cpu_seconds counter',
      '# UNIT stead_guard_cpu_seconds seconds',
      'stead_guard_cpu_seconds_total 1.25',
      'stead_guard_cpu_seconds_created 1767225600',
      'stead_guard_instances{phase="running"} 1',
      'stead_guard_instances{phase="fatal"} 0',
      'stead_service_phase{service="web",id="web@2",phase="running"} 1',
      'stead_service_starts_total{service="web",id="web@2"} 3',
      'stead_service_restarts_total{service="web",id="web@2",cause="itself"} 1',
      'stead_service_ready_seconds_bucket{service="web",id="web@2",le="0.1"} 2',
      'stead_service_ready_seconds_bucket{service="web",id="web@2",le="1.0"} 3',
      'stead_service_ready_seconds_bucket{service="web",id="web@2",le="+Inf"} 4',
      'stead_service_ready_seconds_sum{service="web",id="web@2"} 3.25',
      'stead_service_ready_seconds_count{service="web",id="web@2"} 4',
      'stead_service_ready_seconds_created{service="web",id="web@2"} 1767225600',
      'stead_service_output_dropped_bytes_total{service="web",id="web@2"} 7',
      'stead_service_open_descriptors{service="web",id="web@2"} 11',
      'stead_group_service_info{group="front",service="svc-0"} 1',
    ]) {
      expect(lines).toContain(line)
    }
  })

  test('as the text of Prometheus have neither EOF, nor units, nor what it has no type for', async () => {
    const text = await metricsText(metricsOf(status('web')), 'prometheus')
    expect(text).not.toMatch(/EOF|UNIT|_created| info$/m)
    expect(text).toContain('# TYPE stead_service_starts_total counter\n')
    expect(text).toContain('# TYPE stead_build_info gauge\n')
  })

  test('have each family once, its samples together, each series once', async () => {
    const text = await metricsText(
      metricsOf(status('a'), status('b'), status('b', 2)),
      'openmetrics',
    )
    const heads = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(new Set(heads).size).toBe(heads.length)
    const samples = linesOf(text)
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')))
    expect(new Set(samples).size).toBe(samples.length)
    let family = ''
    for (const line of linesOf(text)) {
      if (line.startsWith('# HELP ')) family = line.split(' ')[2] as string
      else if (!line.startsWith('#')) expect(line.startsWith(family)).toBe(true)
    }
  })

  test('are called as those who read them ask for: unit last, no total but of counters', async () => {
    for (const { name, type, unit, help, labels } of METRICS) {
      expect(name).toMatch(/^stead_[a-z]+(_[a-z]+)*$/)
      if (unit !== undefined) expect(name.endsWith(`_${unit}`), name).toBe(true)
      expect(name, 'the suffixes are written by the exposition').not.toMatch(
        /_(total|created|count|sum|bucket|info)$/,
      )
      expect(help).toMatch(/^[A-Z0-9].*[^.]$/)
      for (const label of labels) {
        expect([
          'service',
          'id',
          'group',
          'phase',
          'cause',
          'probe',
          'parameter',
          'value',
          'version',
          'project',
        ]).toContain(label)
      }
      expect(sampleNames({ name, type, help, labels }).length).toBe(type === 'histogram' ? 3 : 1)
    }
    expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length)
  })

  test('never tell what a program or a person wrote freely', async () => {
    const text = await metricsText(metricsOf(status('web')), 'openmetrics')
    expect(text).not.toMatch(/free text|says so/)
  })

  test('of an instance are bounded, whatever has happened to it', async () => {
    const before = linesOf(await metricsText(metricsOf(), 'openmetrics')).length
    const after = await metricsText(metricsOf(status('web')), 'openmetrics')
    const series = linesOf(after).filter((line) => !line.startsWith('#')).length
    expect(series).toBeLessThanOrEqual(MOST_SERIES + before)
    // Histograms of the fake have two bounds, those of a guard twelve.
    const histograms = [...after.matchAll(/_bucket\{service=.*le="\+Inf"\}/gm)].length
    const fixed = [...after.matchAll(/^stead_service_/gm)].length
    expect(fixed + histograms * 10).toBeLessThanOrEqual(MOST_SERIES)
  })

  test('of more instances than are told one by one count those that are left out', async () => {
    const many = Array.from({ length: MOST_INSTANCES + 3 }, (_, at) => status('web', at + 1))
    const text = await metricsText(metricsOf(...many), 'openmetrics')
    expect(text).toContain('stead_metrics_left_out 3\n')
    expect(text).toContain(`stead_guard_instances{phase="running"} ${MOST_INSTANCES + 3}\n`)
    expect([...text.matchAll(/^stead_service_ready\{/gm)]).toHaveLength(MOST_INSTANCES)
  })

  test('that are not known are left out, and no zero is made up for them', async () => {
    const one = status('web', 1, { health: 'unknown', startedAt: null, pid: null })
    const metrics = metricsOf(one)
    const [service] = metrics.services
    const bare = { ...(service as (typeof metrics.services)[0]), output: null, burden: null }
    const names = [...familiesOf({ ...metrics, lag: null, services: [bare] })]
      .filter(({ series }) => series.length > 0)
      .map(({ name }) => name)
    for (const name of [
      'stead_service_healthy',
      'stead_service_memory_bytes',
      'stead_service_output_bytes',
      'stead_service_start_time_seconds',
      'stead_guard_event_loop_lag_seconds',
    ]) {
      expect(names).not.toContain(name)
    }
  })

  test('of a thousand instances are written in pieces, between which the guard does other things', async () => {
    const many = Array.from({ length: MOST_INSTANCES }, (_, at) => status('web', at + 1))
    let turns = 0
    let over = false
    const turn = (): void => {
      turns += 1
      if (!over) setImmediate(turn)
    }
    setImmediate(turn)
    await metricsText(metricsOf(...many), 'openmetrics')
    over = true
    expect(turns).toBeGreaterThan(20)
  })

  test('are written once for all who are told the same', async () => {
    const metrics = metricsOf(status('web'))
    expect(metricsText(metrics, 'openmetrics')).toBe(metricsText(metrics, 'openmetrics'))
    const begin = processorTime()
    for (let turn = 0; turn < 10_000; turn += 1) await metricsText(metrics, 'openmetrics')
    expect(processorTime() - begin).toBeLessThan(1_000)
  })
})
