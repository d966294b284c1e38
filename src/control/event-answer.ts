import type { ControlAnswer } from '../model/ports/control-transport.ts'
import type { EventStream } from '../model/ports/guard-api.ts'
import { EVENT_TYPE, jsonAnswer } from './answers.ts'
import { count, invalid } from './fields.ts'
import type { Call } from './route.ts'
import { encodeSentEvent } from './server-sent-events.ts'

const MAX_PAGE = 1_000
const SINCE = count('since', 0, Number.MAX_SAFE_INTEGER)
const LIMIT = count('limit', MAX_PAGE, MAX_PAGE)
export const EVENT_QUERY = [SINCE, LIMIT] as const

/**
 * A page of past events as JSON; or, for a client that accepts `text/event-stream`, the snapshot and
 * the events as they come. A client that comes back names the last number it got in `Last-Event-ID`.
 */
export function eventsAnswer({ api, request, query }: Call): ControlAnswer {
  const since = SINCE.read(query)
  if (!accepts(request.headers, 'text/event-stream')) {
    return jsonAnswer(api.pastEvents(since, LIMIT.read(query)))
  }
  const last = request.headers['last-event-id']
  const begin = last === undefined ? (query.has('since') ? since : null) : numberAfter(last)
  const stream = api.events(begin, request.gone())
  return { status: 200, type: EVENT_TYPE, parts: encoded(stream, begin) }
}

export function accepts(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  type: string,
): boolean {
  return String(headers.accept ?? '').includes(type)
}

/** The id of a snapshot counts only where all before it is told: not before history. */
async function* encoded(
  { snapshot, events }: EventStream,
  begin: number | null,
): AsyncGenerator<string> {
  const id = begin === null ? { id: String(snapshot.number) } : {}
  yield encodeSentEvent({ event: 'snapshot', data: JSON.stringify(snapshot), ...id })
  for await (const event of events) {
    yield 'gap' in event
      ? encodeSentEvent({
          event: 'gap',
          data: JSON.stringify(event.gap),
          id: String(event.gap.to),
        })
      : encodeSentEvent({
          event: 'event',
          data: JSON.stringify(event),
          id: String(event.number),
        })
  }
}

function numberAfter(last: string | readonly string[]): number {
  if (typeof last === 'string' && /^\d{1,15}$/.test(last)) return Number(last) + 1
  throw invalid('Last-Event-ID must be the number of an event')
}
