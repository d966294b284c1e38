/** An event of a stream of them (HTML Living Standard, "Server-sent events"). */
export interface SentEvent {
  readonly event: string
  /** One line: JSON has no line ends of its own. */
  readonly data: string
  /** What a client that comes back names as the last that it got. */
  readonly id?: string
}

export function encodeSentEvent({ event, data, id }: SentEvent): string {
  const named = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${named}data: ${data}\n\n`
}

/** Longest event that a client takes: nothing that a guard sends comes near it. */
const MAX_EVENT = 64 * 1024 * 1024

/**
 * The events of a stream that comes in pieces of any size. What is not ended at the end is left out,
 * as the standard says.
 */
export async function* decodeSentEvents(parts: AsyncIterable<string>): AsyncGenerator<SentEvent> {
  let rest = ''
  for await (const part of parts) {
    rest += part
    let begin = 0
    for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n', begin)) {
      const event = eventOf(rest.slice(begin, end))
      begin = end + 2
      if (event !== null) yield event
    }
    rest = rest.slice(begin)
    if (rest.length > MAX_EVENT) throw new RangeError('an event without end')
  }
}

function eventOf(block: string): SentEvent | null {
  let event = 'message'
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    const at = line.indexOf(':')
    if (at < 1) continue
    const value = line.slice(line[at + 1] === ' ' ? at + 2 : at + 1)
    const field = line.slice(0, at)
    if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  if (data.length === 0) return null
  return { event, data: data.join('\n'), ...(id === undefined ? {} : { id }) }
}
