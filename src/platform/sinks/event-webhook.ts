import { createHmac } from 'node:crypto'
import type { EventGapNotice, EventWebhook } from '../../model/event-outlet.ts'
import type { GuardEvent } from '../../model/guard-event.ts'
import type { EventTeller } from './event-outlet.ts'
import { accessHeaders, type Variables } from './http-headers.ts'
import { httpPost } from './http-post.ts'
import { readSecret } from './secret-file.ts'

/** Posts each event by itself; whoever answers with 2xx has it. */
export function eventWebhook(
  webhook: EventWebhook,
  project: string,
  variables: Variables,
): EventTeller {
  const http = httpPost(webhook.url, webhook.timeout)
  return {
    async tell(event, signal) {
      const body = Buffer.from(JSON.stringify(event))
      const headers = {
        ...accessHeaders(webhook, variables),
        'content-type': 'application/json',
        ...identity(event, project),
        ...signature(webhook.secretFile, body),
      }
      const answer = await http.post(body, headers, signal)
      if ('why' in answer) return { kind: 'later', why: answer.why, after: null }
      const { status, after } = answer
      if (status >= 200 && status < 300) return { kind: 'done' }
      return { kind: 'later', why: `HTTP ${status}`, after }
    },
    async close() {
      http.close()
    },
  }
}

/** By the number one who was told twice knows it. */
function identity({ number, type }: GuardEvent | EventGapNotice, project: string) {
  return {
    'stead-project': project,
    'stead-event': String(number),
    'stead-event-type': type,
  }
}

/** The key is read each time, so that it may be changed in its file. */
function signature(path: string | null, body: Buffer): Record<string, string> {
  if (path === null) return {}
  const digest = createHmac('sha256', readSecret(path)).update(body).digest('hex')
  return { 'stead-signature': `sha256=${digest}` }
}
