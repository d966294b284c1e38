/**
 * Writes the records that it is given as JSON to the Event Log, under the name given before them, and
 * dies at once, as a process does that nobody can help any more.
 */
import type { EventRecord } from '../../../../src/model/ports/scm-conversation.ts'
import { eventLog } from '../../../../src/platform/win32/event-log.ts'

const [source = '', records = '[]'] = process.argv.slice(2)
const write = eventLog(source)
for (const record of JSON.parse(records) as EventRecord[]) write(record)
process.kill(process.pid, 'SIGKILL')
