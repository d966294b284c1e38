import { eventText } from '../../model/event-text.ts'
import type { GuardEvent } from '../../model/guard-event.ts'
import type { GuardApi } from '../../model/ports/guard-api.ts'
import { MAX_READ } from './log-ranges.ts'

const PAGE = 1_000
/** As many events are looked at as a guard keeps at most, and no more. */
const MAX_PAGES = 40

/** An event as a line of supervisor's main log, in local time; null for one that has no words. */
export function mainLogLine(event: GuardEvent): string | null {
  const text = eventText(event)
  if (text === null) return null
  const at = new Date(event.at)
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  const thousandth = String(at.getMilliseconds()).padStart(3, '0')
  return `${day} ${time},${thousandth} ${levelOf(event)} ${text.replaceAll('\n', ' ')}\n`
}

/** In the four letters that supervisor has for levels. */
function levelOf(event: GuardEvent): 'ERRO' | 'WARN' | 'INFO' {
  if (event.type === 'guard') {
    return event.severity === 3 ? 'ERRO' : event.severity === 4 ? 'WARN' : 'INFO'
  }
  if (event.type === 'survivors') return 'ERRO'
  if (event.type === 'phase' && event.to === 'fatal') return 'ERRO'
  return event.type === 'phase' && event.to === 'backoff' ? 'WARN' : 'INFO'
}

/** The newest lines, at least so many bytes where there are so many; older ones are not read. */
export function newestLines(api: Pick<GuardApi, 'facts' | 'pastEvents'>, bytes: number): Buffer {
  let text = ''
  let before = api.facts().event + 1
  for (let page = 0; page < MAX_PAGES && before > 1; page += 1) {
    const from = Math.max(1, before - PAGE)
    const events = api.pastEvents(from, PAGE).filter(({ number }) => number < before)
    text = textOf(events) + text
    before = from
    if (Buffer.byteLength(text) >= bytes || events.length === 0) break
  }
  return Buffer.from(text)
}

/** Every line that is kept. */
export function allLines(api: Pick<GuardApi, 'facts' | 'pastEvents'>): Buffer {
  return newestLines(api, Number.POSITIVE_INFINITY)
}

/** The last lines that fit into so many bytes, as one text. */
export function lastLines(api: Pick<GuardApi, 'facts' | 'pastEvents'>, bytes: number): string {
  const all = newestLines(api, Math.min(bytes, MAX_READ))
  const cut = all.subarray(Math.max(0, all.length - bytes)).toString()
  return cut.length < all.length ? cut.slice(cut.indexOf('\n') + 1) : cut
}

function textOf(events: readonly GuardEvent[]): string {
  return events.map((event) => mainLogLine(event) ?? '').join('')
}
