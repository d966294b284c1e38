import { createHash } from 'node:crypto'
import { WINDOWS_EVENTS } from '../../../model/windows-events.ts'
import { messageTable } from './message-table.ts'
import { resourceDll } from './resource-dll.ts'

/** RT_MESSAGETABLE (<winuser.h>); FormatMessage looks for the one with the name 1. */
const RT_MESSAGETABLE = 11
const NAME = 1

/** LANGIDs: English (United States), which Windows falls back to, and Chinese (Simplified). */
const LANGUAGES = { en: 0x0409, zh: 0x0804 } as const

export interface MessageFile {
  /** Of its content: a newer table is another file, and the Event Log may hold the old one open. */
  readonly fileName: string
  readonly content: Buffer
}

/** The DLL that has the texts of all events of stead. */
export function eventMessageFile(): MessageFile {
  made ??= make()
  return made
}
let made: MessageFile | null = null

/** The texts of all events, a message table for each language. */
export function eventMessageTables(): readonly {
  readonly language: number
  readonly data: Buffer
}[] {
  const events = Object.values(WINDOWS_EVENTS)
  return (['en', 'zh'] as const).map((word) => ({
    language: LANGUAGES[word],
    data: messageTable(events.map(({ id, text }) => ({ id, text: text[word] }))),
  }))
}

function make(): MessageFile {
  const content = resourceDll(RT_MESSAGETABLE, NAME, eventMessageTables())
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
  return { fileName: `events-${hash}.dll`, content }
}
