import { SEVERITY } from '../../src/model/log-entry.ts'
import {
  eventType,
  WINDOWS_EVENTS,
  type WindowsEvent,
  type WindowsEventName,
} from '../../src/model/windows-events.ts'

/** docs/reference/event-ids.md: every event of the Windows Event Log. */
export function eventIdsReference(): string {
  const events = Object.entries(WINDOWS_EVENTS) as [WindowsEventName, WindowsEvent][]
  const word = Object.fromEntries(Object.entries(SEVERITY).map(([name, value]) => [value, name]))
  const rows = events.map(
    ([name, { id, severity, text, advice }]) =>
      `| ${id} | \`${name}\` | ${eventType(severity)} (${word[severity]}) | ${text.en.replace('%1', 'NAME').replace('%2', '…')} | ${advice} |`,
  )
  return `${[
    '<!-- Written by "npm run docs" from src/model/windows-events.ts; do not edit. -->',
    '# Event ids of Windows',
    "What services of stead write to the Application log, with the service's name as the source. An id never changes its meaning and is never given to another event: filters and alarms may be built on it. `…` is what happened, in the words of the log; the texts are there in English and in Simplified Chinese, and the Event Viewer shows the one of its own language.",
    'Severities 0 to 3 (emergency, alert, critical, error) are errors in the Event Log, 4 (warning) is a warning, 5 to 7 (notice, info, debug) are information. Every record has two values: the name of the service, and the text.',
    ['| id | name | level (severity) | text | what to do |', '|---|---|---|---|---|', ...rows].join(
      '\n',
    ),
    "In PowerShell: `Get-WinEvent -FilterHashtable @{LogName='Application'; ProviderName='NAME'; Id=103,104}`.",
  ].join('\n\n')}\n`
}
