import type { ControlAnswer } from '../model/ports/control-transport.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { selectionOf } from './fields.ts'
import type { Call } from './route.ts'

/** What is measured, in the format that the scraper asks for. What writes it is loaded by the first. */
export async function metricsAnswer({
  api,
  query,
  request,
}: Pick<Call, 'query' | 'request'> & {
  readonly api: Pick<GuardApi, 'metrics'>
}): Promise<ControlAnswer> {
  const [{ metricsText }, { negotiated }, { CONTENT_TYPES }, metrics] = await Promise.all([
    import('../metrics/metrics-text.ts'),
    import('../metrics/negotiate.ts'),
    import('../metrics/exposition.ts'),
    api.metrics(selectionOf(query)),
  ])
  const { accept } = request.headers
  const format = negotiated(typeof accept === 'string' ? accept : undefined)
  return {
    status: 200,
    type: CONTENT_TYPES[format],
    body: await metricsText(metrics, format),
    headers: { Vary: 'Accept' },
  }
}
