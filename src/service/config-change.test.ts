import { describe, expect, test } from 'vitest'
import { changedSettings, frozen } from './config-change.ts'

describe('what differs between two configurations', () => {
  test('is told setting by setting, with what was and what is', () => {
    const before = { log: { level: 'info', file: 'a' }, port: 80, gone: true }
    const after = { log: { level: 'debug', file: 'a' }, port: 80, come: [1] }
    expect(changedSettings(before, after)).toEqual([
      { path: ['log', 'level'], before: 'info', after: 'debug' },
      { path: ['gone'], before: true, after: undefined },
      { path: ['come'], before: undefined, after: [1] },
    ])
  })

  test('is nothing where all is equal, in whatever order, with what a schema has made of texts', () => {
    const make = () => ({ at: new Date(5), to: new URL('http://a/'), list: [{ a: 1 }] })
    const { to, ...rest } = make()
    expect(changedSettings(make(), { to, ...rest })).toEqual([])
    expect(changedSettings({ at: new Date(5) }, { at: new Date(6) })).toHaveLength(1)
  })

  test('a list is one value, and so is what is a map on one side alone', () => {
    expect(changedSettings({ a: [1, 2] }, { a: [1, 3] })).toEqual([
      { path: ['a'], before: [1, 2], after: [1, 3] },
    ])
    expect(changedSettings({ a: { b: 1 } }, { a: 1 })).toEqual([
      { path: ['a'], before: { b: 1 }, after: 1 },
    ])
  })
})

test('maps and lists are frozen at every depth, and what else there is keeps working', () => {
  const value = { list: [{ a: 1 }], seen: new Set([1]), self: null as unknown }
  value.self = value
  expect(frozen(value)).toBe(value)
  expect(Object.isFrozen(value.list[0])).toBe(true)
  expect(() => (value.list as unknown[]).push(2)).toThrow(TypeError)
  expect(value.seen.add(2).size).toBe(2)
})
