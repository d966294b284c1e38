import type { GuardMetrics } from '../model/guard-metrics.ts'
import { ENDINGS, type Exposition, expositionOf } from './exposition.ts'
import type { Family, FamilyHead } from './family.ts'
import { GUARD_FAMILIES } from './guard-families.ts'
import { SERVICE_FAMILIES } from './service-families.ts'

/**
 * Of more instances than this nothing is told one by one: those that come later are counted in
 * `stead_metrics_left_out`. An instance has some fifty series, and never more than
 * {@link MOST_SERIES}, since every label has its values from a fixed list.
 */
export const MOST_INSTANCES = 1_000

/** Series of one instance, at most: samples of OpenMetrics with all that ever happens to a program. */
export const MOST_SERIES = 200

const LEFT_OUT: FamilyHead = {
  name: 'stead_metrics_left_out',
  type: 'gauge',
  help: 'Instances beyond the first thousand, which nothing is told of one by one',
  labels: [],
}

/** Every metric there is, with what it is about. */
export const METRICS: readonly FamilyHead[] = [...GUARD_FAMILIES, LEFT_OUT, ...SERVICE_FAMILIES]

/** Everything that was measured, as series; made one after the other. */
export function* familiesOf(metrics: GuardMetrics): Generator<Family, void> {
  const told = metrics.services.slice(0, MOST_INSTANCES)
  const leftOut = metrics.services.length - told.length
  for (const { of, ...head } of GUARD_FAMILIES) yield { ...head, series: of(metrics) }
  yield { ...LEFT_OUT, series: [{ labels: [], value: leftOut }] }
  for (const { of, ...head } of SERVICE_FAMILIES) yield { ...head, series: told.flatMap(of) }
}

const written = new WeakMap<GuardMetrics, Partial<Record<Exposition, Promise<string>>>>()

/**
 * The text of what was measured; written once for all who are told the same. A thousand instances are
 * megabytes: between two families the guard does what else there is to do.
 */
export function metricsText(metrics: GuardMetrics, format: Exposition): Promise<string> {
  const known = written.get(metrics) ?? {}
  written.set(metrics, known)
  known[format] ??= write(metrics, format)
  return known[format]
}

async function write(metrics: GuardMetrics, format: Exposition): Promise<string> {
  let text = ''
  for (const family of familiesOf(metrics)) {
    text += expositionOf(family, format)
    if (family.series.length > MANY) await new Promise((resolve) => setImmediate(resolve))
  }
  return text + ENDINGS[format]
}

/** Series that take about a millisecond. */
const MANY = 200
