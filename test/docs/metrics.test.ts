import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseGuardFile } from '../../src/config/guard-file.ts'
import { type FamilyHead, sampleNames } from '../../src/metrics/family.ts'
import { METRICS } from '../../src/metrics/metrics-text.ts'
import { alertRules, dashboard, dashboardExpressions } from '../contract/metrics/shared-files.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const guide = readFileSync(resolve(root, 'docs/guide/metrics.md'), 'utf8')
const samples = new Map<string, FamilyHead>(
  METRICS.flatMap((head) => sampleNames(head).map((name) => [name, head] as const)),
)
/** Labels that a scraper gives. */
const SCRAPED = ['job', 'instance']

function problemsOf(expression: string): string[] {
  const names = [...expression.matchAll(/\bstead_[a-z_]+\b/g)].map(([name]) => name)
  const unknown = names.filter((name) => !samples.has(name)).map((name) => `no metric ${name}`)
  const labels = [...expression.matchAll(/\b(stead_[a-z_]+)\{([^}]*)\}/g)].flatMap(
    ([, name = '', matchers = '']) =>
      [...matchers.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => [name, label]),
  )
  const odd = labels.filter(
    ([name = '', label = '']) =>
      !SCRAPED.includes(label) && !(samples.get(name)?.labels ?? []).includes(label),
  )
  return [...unknown, ...odd.map(([name, label]) => `${name} has no label ${label}`)]
}

describe('alert rules', () => {
  test('are twelve, each of another name, with what to do in it', () => {
    const rules = alertRules()
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(12)
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Stead[A-Z]/)
      expect(['critical', 'warning']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\.$/)
      expect(annotations.description).toMatch(/\.$/)
      expect(guide, 'the guide names each').toContain(`\`${alert}\``)
    }
  })

  test('are about metrics and labels that there are', () => {
    expect(alertRules().flatMap(({ expr }) => problemsOf(expr))).toEqual([])
  })

  test('would be found out if they were not', () => {
    expect(problemsOf('rate(stead_service_restarts{colour="red"}[5m])')).not.toEqual([])
    expect(problemsOf('stead_service_ready{colour="red"}')).toEqual([
      'stead_service_ready has no label colour',
    ])
  })
})

describe('the dashboard', () => {
  test('is about metrics and labels that there are', () => {
    const { templating } = dashboard()
    const queries = templating.list.flatMap(({ definition }) => definition ?? [])
    expect([...queries, ...dashboardExpressions()].flatMap(problemsOf)).toEqual([])
    expect(queries.length).toBeGreaterThan(2)
  })

  test('shows almost every metric, each panel in a place of its own', () => {
    const shown = new Set(
      [...dashboardExpressions(), ...alertRules().map(({ expr }) => expr)].flatMap((expression) =>
        [...expression.matchAll(/\bstead_[a-z_]+\b/g)].map(([name]) => samples.get(name)?.name),
      ),
    )
    expect(shown.size).toBeGreaterThan(METRICS.length * 0.7)
    const { panels } = dashboard()
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const taken = new Set<string>()
    for (const { gridPos, title } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(x, title).toBeLessThan(24)
          expect(taken.has(`${x} ${y}`), `${title} covers another`).toBe(false)
          taken.add(`${x} ${y}`)
        }
      }
    }
  })
})

describe('the guide to metrics', () => {
  const examples = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)

  test('has examples of stead.yaml that are taken as they stand', () => {
    const own = examples.filter((text) => !text.startsWith('# prometheus.yml'))
    expect(own.length).toBeGreaterThan(1)
    for (const text of own) {
      const value = parse(text) as Record<string, unknown>
      const services = value.services ?? { web: { command: 'x' } }
      const whole = JSON.stringify({ ...value, services })
      const spec = parseGuardFile({ path: '/srv/stead.yaml', text: whole, env: {} })
      expect(spec.metrics?.port).toBe(9464)
    }
  })

  test('names metrics that there are', () => {
    const named = [...guide.matchAll(/`(stead_[a-z_]+)`/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(2)
    for (const name of named) expect(samples.has(name), name).toBe(true)
  })
})
