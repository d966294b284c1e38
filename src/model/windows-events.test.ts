import { expect, test } from 'vitest'
import type { Severity } from './log-entry.ts'
import {
  eventOfLine,
  eventType,
  RETIRED,
  WINDOWS_EVENTS,
  type WindowsEvent,
} from './windows-events.ts'

const EVENTS: readonly [string, WindowsEvent][] = Object.entries(WINDOWS_EVENTS)

test('an id once given stays what it is: the list only ever grows', async () => {
  const ids = [
    ...EVENTS.map(([name, { id }]) => [id, name] as const),
    ...RETIRED.map((id) => [id, 'retired'] as const),
  ].sort(([a], [b]) => a - b)
  const lines = ids.map(([id, name]) => `${id} ${name}\n`).join('')
  await expect(lines).toMatchFileSnapshot('../../test/golden/windows/event-ids.txt')
})

test('no id is used twice, and each is one that the Event Viewer can show', () => {
  const ids = [...EVENTS.map(([, { id }]) => id), ...RETIRED]
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 0xffff)).toBe(true)
})

test('every text has the inserts that records have, and no other percent sign', () => {
  for (const [name, { text }] of EVENTS) {
    for (const words of Object.values(text)) {
      expect(words.replaceAll(/%[12](?!\d)/g, ''), name).not.toMatch(/[%\n]/)
    }
    expect(text.zh.match(/%\d/g), name).toEqual(text.en.match(/%\d/g))
  }
})

test.each<[Severity, string, string]>([
  [0, 'log-emergency', 'error'],
  [1, 'log-alert', 'error'],
  [2, 'log-critical', 'error'],
  [3, 'log-error', 'error'],
  [4, 'log-warning', 'warning'],
  [5, 'log-notice', 'information'],
  [6, 'log-info', 'information'],
  [7, 'log-debug', 'information'],
])('a line of severity %i is %s, at the level %s', (severity, name, type) => {
  expect(eventOfLine(severity)).toBe(name)
  expect(WINDOWS_EVENTS[eventOfLine(severity)].severity).toBe(severity)
  expect(eventType(severity)).toBe(type)
})
