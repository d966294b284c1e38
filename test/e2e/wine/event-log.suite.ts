import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventMessageFile } from '../../../src/managers/scm/event-messages/message-file.ts'
import type { EventRecord } from '../../../src/model/ports/scm-conversation.ts'
import {
  EVENT_TYPES,
  eventType,
  WINDOWS_EVENTS,
  type WindowsEventName,
} from '../../../src/model/windows-events.ts'
import { eventSources } from '../../../src/platform/win32/event-sources.ts'
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

let count = 0

/**
 * What Wine's ReportEventW tells of itself when asked to: it keeps nothing. It tells it on the standard
 * error of Unix, which is a file of the runner's, beside the prefix.
 */
function traced(records: readonly EventRecord[]): string[] {
  count += 1
  const source = `web-${process.pid}-${count}`
  const program = join(import.meta.dirname, 'programs', 'events.ts')
  spawnSync(process.execPath, [program, source, JSON.stringify(records)], {
    env: { ...process.env, WINEDEBUG: '+eventlog' },
  })
  const output = join(`Z:${process.env.WINEPREFIX}`, '..', 'output')
  const lines = readdirSync(output).flatMap((name) =>
    readFileSync(join(output, name), 'utf8').split('\n'),
  )
  const [first = ''] = lines.filter((line) => line.includes(`,L"${source}"): stub`))
  const thread = first.split(':')[0]
  return lines
    .slice(lines.indexOf(first))
    .filter((line) => line.startsWith(`${thread}:`))
    .flatMap((line) => {
      const call = /ReportEventW \(\w+,(\w+),\w+,(\w+),/.exec(line)
      if (call !== null) return [`${Number(call[1])} ${Number(call[2])}`]
      const text = /ReportEventW L"(.*)"$/.exec(line)?.[1]
      return text === undefined ? [] : [text.replace(source, 'NAME')]
    })
}

describe('records of the Event Log', () => {
  const names = Object.keys(WINDOWS_EVENTS) as WindowsEventName[]

  test('each has its id, its level, and the inserts name and detail, written before the end', {}, () => {
    const records = names.map((event) => {
      const { severity } = WINDOWS_EVENTS[event]
      return { event, severity, detail: `it is ${event}` }
    })
    const expected = records.flatMap(({ event, severity, detail }) => [
      `${EVENT_TYPES[eventType(severity)]} ${WINDOWS_EVENTS[event].id}`,
      'NAME',
      detail,
    ])
    assert.deepEqual(traced(records), expected)
  })

  test('what Windows would change in a text comes through as text', {}, () => {
    const detail = 'at %1 of %%2\nand on'
    const [, , text] = traced([{ event: 'crashed', severity: 2, detail }])
    assert.equal(text, String.raw`at % 1 of %% 2\r\nand on`)
  })
})

describe('sources of the Event Log', () => {
  const sources = eventSources()
  // Not the file of stead itself: services of other suites may have left their sources.
  const { content } = eventMessageFile()
  const fileName = 'events-fedcba9876543210.dll'
  const path = `${sources.directory}\\${fileName}`
  const older = 'events-0123456789abcdef.dll'

  test('message files are in Program Files', {}, () => {
    assert.equal(sources.directory, 'C:\\Program Files\\stead')
  })

  test('a source is written, read whatever its case, and removed', {}, async () => {
    assert.equal(await sources.read('stead-source'), null)
    await sources.write('stead-source', path, 7)
    const whole = { log: 'Application', messageFile: path, types: 7 }
    assert.deepEqual(await sources.read('STEAD-source'), whole)
    await sources.remove('stead-source')
    assert.equal(await sources.read('stead-source'), null)
    await sources.remove('stead-source')
  })

  test('a file is there whole, and goes when no source names it', {}, async () => {
    assert.equal(await sources.hasFile(fileName, content), false)
    await sources.write('stead-source', path, 7)
    await sources.putFile(fileName, content)
    await sources.putFile(older, Buffer.from('of an older version'))
    assert.equal(await sources.hasFile(fileName, content), true)
    assert.equal(await sources.hasFile(older, content), false)
    await sources.removeUnused()
    const there = readdirSync(sources.directory)
    assert.ok(there.includes(fileName) && !there.includes(older))
    await sources.remove('stead-source')
    await sources.removeUnused()
    assert.equal(existsSync(path), false)
  })

  test('a file that is loaded hinders nobody, and goes at the latest when it is let go', {}, async () => {
    await sources.putFile(older, content)
    const held: Handle = checked(
      'LoadLibraryExW',
      kernel32().LoadLibraryExW(
        `${sources.directory}\\${older}`,
        null,
        LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE,
      ),
    )
    try {
      await sources.removeUnused()
    } finally {
      kernel32().FreeLibrary(held)
    }
    await sources.removeUnused()
    assert.equal(existsSync(`${sources.directory}\\${older}`), false)
  })
})
