import type { Severity } from '../../model/log-entry.ts'
import { bind, type Handle, koffi } from './win32-error.ts'

const advapi32 = bind('advapi32.dll', {
  RegisterEventSourceW: 'void *__stdcall RegisterEventSourceW(str16 server, str16 source)',
  ReportEventW:
    'int __stdcall ReportEventW(void *log, uint16_t type, uint16_t category, uint32_t id, void *sid, uint16_t count, uint32_t size, void *strings, void *data)',
})

const EVENTLOG_ERROR_TYPE = 1
const EVENTLOG_WARNING_TYPE = 2
const EVENTLOG_INFORMATION_TYPE = 4
/** ReportEventW takes strings of up to 31,839 characters. */
const LONGEST = 31_000

/**
 * The id of every entry. Its text is `%1` in the message table of EventCreate.exe, which is part of
 * Windows and which a source may name as its EventMessageFile.
 */
const EVENT_ID = 1

/** Writes entries to the Application log under the source's name. Never throws: a log that is full costs nothing else. */
export function eventLog(source: string): (severity: Severity, text: string) => void {
  let log: Handle | null = null
  return (severity, text) => {
    log ??= advapi32().RegisterEventSourceW(null, source) as Handle | null
    if (log === null) return
    const message = Buffer.from(`${text.slice(0, LONGEST)}\0`, 'utf16le')
    const strings = new BigUint64Array([koffi().address(message)])
    advapi32().ReportEventW(log, typeOf(severity), 0, EVENT_ID, null, 1, 0, strings, null)
  }
}

function typeOf(severity: Severity): number {
  if (severity <= 3) return EVENTLOG_ERROR_TYPE
  return severity === 4 ? EVENTLOG_WARNING_TYPE : EVENTLOG_INFORMATION_TYPE
}
