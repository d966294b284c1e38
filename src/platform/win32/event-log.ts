import type { EventRecord } from '../../model/ports/scm-conversation.ts'
import { EVENT_TYPES, eventType, WINDOWS_EVENTS } from '../../model/windows-events.ts'
import { insertText } from './event-insert.ts'
import { bind, type Handle, koffi, wideText } from './win32-error.ts'

const advapi32 = bind('advapi32.dll', {
  RegisterEventSourceW: 'void *__stdcall RegisterEventSourceW(str16 server, str16 source)',
  ReportEventW:
    'int __stdcall ReportEventW(void *log, uint16_t type, uint16_t category, uint32_t id, void *sid, uint16_t count, uint32_t size, void *strings, void *data)',
})

/**
 * Writes records to the Application log under the source's name, each before the call returns. Never
 * throws: a log that is full, or Windows without one, costs nothing else.
 *
 * @param source the service's name, and the first insert of every record
 */
export function eventLog(source: string): (record: EventRecord) => void {
  let log: Handle | null = null
  return ({ event, severity, detail }) => {
    try {
      log ??= advapi32().RegisterEventSourceW(null, source) as Handle | null
      if (log === null) return
      const inserts = [source, detail].map((text) => wideText(insertText(text)))
      const strings = BigUint64Array.from(inserts, (insert) => koffi().address(insert) as bigint)
      const { id } = WINDOWS_EVENTS[event]
      const type = EVENT_TYPES[eventType(severity)]
      advapi32().ReportEventW(log, type, 0, id, null, inserts.length, 0, strings, null)
    } catch {
      // koffi is missing its part for this Windows: whoever needs it for more than the log says so.
    }
  }
}
