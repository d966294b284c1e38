import { sampleNames } from '../../src/metrics/family.ts'
import { METRICS } from '../../src/metrics/metrics-text.ts'

/** docs/reference/metrics.md: every metric there is. */
export function metricsReference(): string {
  const rows = METRICS.map((head) => {
    const { type, labels, help } = head
    const names = sampleNames(head).map((name) => `\`${name}\``)
    const shown = labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', ')
    return `| ${names.join(', ')} | ${type} | ${shown} | ${help} |`
  })
  return `${[
    '<!-- Written by "npm run docs" from src/metrics/; do not edit. -->',
    '# Metrics',
    'What `GET /metrics` and `stead metrics` tell; how to have them scraped is in [the guide](../guide/metrics.md). Times are seconds, sizes bytes. `_bucket` has a label `le` besides. As OpenMetrics a counter or histogram also has `_created`, the time from which it counts: that is when the guard learned of the instance, except for those without one, which go on over restarts of the guard. What is not known has no series; no zero is made up for it.',
    ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n')}\n`
}
