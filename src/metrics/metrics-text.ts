import type { GuardMetrics } from '../model/guard-metrics.ts'
import { type Exposition, expositionOf } from './exposition.ts'
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

/** Everything that was measured, as series. */
export function familiesOf(metrics: GuardMetrics): readonly Family[] {
  const told = metrics.services.slice(0, MOST_INSTANCES)
  const leftOut = metrics.services.length - told.length
  return [
    ...GUARD_FAMILIES.map(({ of, ...head }) => ({ ...head, series: of(metrics) })),
    { ...LEFT_OUT, series: [{ labels: [], value: leftOut }] },
    ...SERVICE_FAMILIES.map(({ of, ...head }) => ({ ...head, series: told.flatMap(of) })),
  ]
}

const written = new WeakMap<GuardMetrics, Partial<Record<Exposition, string>>>()

/** The text of what was measured; written once for all who are told the same. */
export function metricsText(metrics: GuardMetrics, format: Exposition): string {
  const known = written.get(metrics) ?? {}
  written.set(metrics, known)
  known[format] ??= expositionOf(familiesOf(metrics), format)
  return known[format]
}
