import { expect, test } from 'vitest'
import { negotiated } from './negotiate.ts'

test.each([
  ['nothing', undefined, 'prometheus'],
  ['anything', '*/*', 'prometheus'],
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
  [
    'Prometheus 2.42',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1',
    'openmetrics',
  ],
  ['OpenMetrics without a version', 'application/openmetrics-text', 'openmetrics'],
  ['a version of the future', 'application/openmetrics-text;version=2.0.0,*/*;q=0.1', 'prometheus'],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0', 'prometheus'],
  ['plain text rather', 'application/openmetrics-text;q=0.3, text/plain;q=0.9', 'prometheus'],
  ['nonsense', ';;,,q=1;=', 'prometheus'],
])('%s is given %2$s', (_, accept, format) => {
  expect(negotiated(accept)).toBe(format)
})
