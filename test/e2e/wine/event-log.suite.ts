import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventMessageFile } from '../../../src/managers/scm/event-messages/message-file.ts'
import { WINDOWS_EVENTS } from '../../../src/model/windows-events.ts'
import {
  bind,
  checked,
  type Handle,
  koffi,
  wideText,
} from '../../../src/platform/win32/win32-error.ts'
import { describe, test } from '../../contract/harness.ts'

const kernel32 = bind('kernel32.dll', {
  LoadLibraryExW: 'void *__stdcall LoadLibraryExW(str16 name, void *file, uint32_t flags)',
  FreeLibrary: 'int __stdcall FreeLibrary(void *module)',
  FormatMessageW:
    'uint32_t __stdcall FormatMessageW(uint32_t flags, void *source, uint32_t id, uint32_t language, void *buffer, uint32_t size, void *inserts)',
})
const LOAD_LIBRARY_AS_DATAFILE = 0x2
const LOAD_LIBRARY_AS_IMAGE_RESOURCE = 0x20
/** FORMAT_MESSAGE_FROM_HMODULE and FORMAT_MESSAGE_ARGUMENT_ARRAY (<winbase.h>). */
const FROM_MODULE_WITH_ARRAY = 0x800 | 0x2000

/** The message file as the Event Viewer reads it: mapped as data, formatted by Windows itself. */
function withMessages(use: (text: (id: number, language: number) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'stead-'))
  const { fileName, content } = eventMessageFile()
  const file = join(folder, fileName)
  writeFileSync(file, content)
  const flags = LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE
  const library: Handle = checked('LoadLibraryExW', kernel32().LoadLibraryExW(file, null, flags))
  try {
    use((id, language) => {
      const texts = ['web', '磁盘已满'].map(wideText)
      const inserts = BigUint64Array.from(texts, (text) => koffi().address(text) as bigint)
      const buffer = Buffer.alloc(4_096)
      const length = checked(
        'FormatMessageW',
        kernel32().FormatMessageW(
          FROM_MODULE_WITH_ARRAY,
          library,
          id,
          language,
          buffer,
          buffer.length / 2,
          inserts,
        ) as number,
      )
      return buffer.toString('utf16le', 0, length * 2)
    })
  } finally {
    kernel32().FreeLibrary(library)
    rmSync(folder, { recursive: true, force: true })
  }
}

const filled = (text: string): string =>
  `${text.replaceAll('%1', 'web').replaceAll('%2', '磁盘已满')}\r\n`

describe('the message file of the Event Log', () => {
  for (const [word, language] of [
    ['en', 0x0409],
    ['zh', 0x0804],
  ] as const) {
    test(`Windows has the text of every id from it, with inserts: ${word}`, {}, () => {
      withMessages((text) => {
        for (const event of Object.values(WINDOWS_EVENTS)) {
          assert.equal(text(event.id, language), filled(event.text[word]))
        }
      })
    })
  }

  test('an id that is not there has none', {}, () => {
    withMessages((text) => assert.throws(() => text(99, 0x0409), /317|FormatMessageW/))
  })
})
