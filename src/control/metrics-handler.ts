import { SteadError } from '../errors.ts'
import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../model/ports/control-transport.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import { errorAnswer } from './answers.ts'
import { invalid } from './fields.ts'
import { metricsAnswer } from './metrics-answer.ts'
import { isOwnHost, shows } from './shown.ts'

export interface MetricsDoor {
  readonly api: Pick<GuardApi, 'metrics'>
  /** What whoever asks has to show; null for nothing. @throws where it cannot be read */
  readonly token: () => string | null
}

/** `GET /metrics` and nothing else, for those who come over TCP, where no kernel says who it is. */
export function metricsHandler({ api, token }: MetricsDoor): ControlHandler {
  return (request) => {
    try {
      const refused = refusalOf(request, token)
      if (refused !== null) return refused
      const { target } = request
      const at = target.indexOf('?')
      const query = new URLSearchParams(at === -1 ? '' : target.slice(at + 1))
      return metricsAnswer({ api, query, request }).catch((error: unknown) => errorAnswer(error))
    } catch (error) {
      return errorAnswer(error)
    }
  }
}

function refusalOf(
  { method, target, headers }: ControlRequest,
  token: () => string | null,
): ControlAnswer | null {
  let expected: string | null
  try {
    expected = token()
  } catch {
    // Why is for those who keep the guard, and told by an event when it begins to listen.
    return refuse('while its token cannot be read', 401)
  }
  // A page in a browser of this machine may send requests here under a name of its own choice.
  if (headers.origin !== undefined) return refuse('from another origin', 403)
  if (expected === null && !isOwnHost(headers.host)) return refuse('under another host name', 403)
  if (expected !== null && !shows(headers.authorization, expected)) {
    const answer = refuse('without the token of metrics.tokenFile', 401)
    return { ...answer, headers: { 'WWW-Authenticate': 'Bearer' } } as ControlAnswer
  }
  const path = target.split('?', 1)[0]
  if (path !== '/metrics') return errorAnswer(invalid('here is /metrics and nothing else'), 404)
  return method === 'GET' ? null : errorAnswer(invalid('/metrics is read with GET'), 405)
}

function refuse(how: string, status: number): ControlAnswer {
  const error = new SteadError('RIGHTS', {
    action: `read metrics ${how}`,
    right: 'a request by an address or localhost, with the token where there is one',
    remedy: 'see docs/guide/metrics.md for what a scraper has to send',
  })
  return errorAnswer(error, status)
}
