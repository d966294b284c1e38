import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { fakeRemoteSource } from '../../test/fakes/remote-source.ts'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { RemoteReading, RemoteSpec } from '../model/remote-spec.ts'
import { followRemote } from './follow-remote.ts'
import type { KnownRemote } from './read-remote.ts'

const DEBOUNCE = 250
const SPEC: RemoteSpec = {
  ...{ kind: 'http', url: 'https://config.example', user: null, poll: 1_000, format: 'yaml' },
  ...{ tls: { ca: null, cert: null, key: null }, timeout: 1_000, watch: true, optional: false },
  ...{ allow: null, secret: { file: null, env: null, credential: null } },
}

/** A follower of a fake source that has said `text` and was read, and what it tells. */
async function room(changes: Partial<RemoteSpec> = {}, reading: Partial<RemoteReading> = {}) {
  const source = fakeRemoteSource()
  source.put('a: 1')
  const clock = manualClock()
  const timers: Timers = {
    after(milliseconds, wake) {
      const off = new AbortController()
      clock.sleep(milliseconds, off.signal).then(wake, () => {})
      return () => off.abort()
    },
  }
  const told: string[] = []
  const changed: (string | null)[] = []
  const copy = join(temporaryDirectory('follow'), 'copy')
  const follower = followRemote({
    ...{ copy, clock, timers },
    open: async () => source,
    say: (text, severity) => void told.push(`${severity} ${text}`),
    changed: ({ said }: KnownRemote) => void changed.push(said?.text ?? null),
  })
  const said = await source.read(AbortSignal.timeout(1_000))
  const spec = { ...SPEC, ...changes } as RemoteSpec
  const fine = { lost: null, refused: null, signed: null, readAt: clock.wall().toISOString() }
  const taken = { spec, name: source.name, said, ...fine, ...reading }
  follower.taken(taken, DEBOUNCE)
  await clock.settle()
  return { source, clock, told, changed, follower, taken, copy }
}

test('of changes that come close after each other the last is told, when it has stood for a moment', async () => {
  const { source, clock, changed, follower } = await room()
  for (const text of ['a: 2', 'a: 3', 'a: 4']) {
    source.put(text)
    await clock.advance(DEBOUNCE - 50)
  }
  expect(changed).toEqual([])
  await clock.advance(50)
  expect(changed).toEqual(['a: 4'])
  follower.close()
  source.put('a: 5')
  await clock.advance(10_000)
  expect(changed).toEqual(['a: 4'])
})

test('whoever never stops changing is heard all the same', async () => {
  const { source, clock, changed, follower } = await room()
  for (let count = 2; count < 60; count += 1) {
    source.put(`a: ${count}`)
    await clock.advance(DEBOUNCE - 50)
  }
  expect(changed.length).toBeGreaterThan(0)
  follower.close()
})

test('a loss is told once with what stays, and so is the return', async () => {
  const { source, told, follower } = await room()
  source.lose('it is away')
  source.lose('it is far away')
  expect(follower.fact).toMatchObject({
    state: 'down',
    version: 'revision 1',
    trouble: 'it is far away',
  })
  source.find()
  expect(follower.fact).toMatchObject({ state: 'up', trouble: null })
  expect(told).toEqual([
    '4 the remote source https://config.example is lost, and what it said before stays: it is away',
    '6 the remote source https://config.example is back',
  ])
  follower.close()
})

test('what is not believed is no change, and is remembered over a loss', async () => {
  const { source, clock, changed, told, follower } = await room()
  source.remove()
  await clock.advance(1_000)
  expect(follower.fact).toMatchObject({ state: 'up', trouble: 'it has nothing any more' })
  source.lose('it is away')
  source.find()
  expect(follower.fact).toMatchObject({ state: 'up', trouble: 'it has nothing any more' })
  expect(changed).toEqual([])
  expect(told[0]).toContain('is not taken over: it has nothing any more')
  source.put('a: 1')
  expect(follower.fact).toMatchObject({ trouble: null })
  follower.close()
})

test('to have nothing is a word of its own where a source is optional', async () => {
  const { source, clock, changed, follower } = await room({ optional: true })
  source.remove()
  await clock.advance(1_000)
  expect(changed).toEqual([null])
  follower.close()
})

test('a source that was away at the start is lost until it answers', async () => {
  const { told, follower } = await room({}, { lost: 'it is away' })
  expect(follower.fact).toMatchObject({ state: 'up' })
  expect(told).toEqual([
    expect.stringMatching(/^4 .* is lost/),
    expect.stringMatching(/^6 .* is back$/),
  ])
  follower.close()
})

test('one that is not to be watched is not', async () => {
  const { source, clock, changed, follower } = await room({ watch: false })
  source.put('a: 2')
  source.lose('it is away')
  await clock.advance(10_000)
  expect(changed).toEqual([])
  expect(follower.fact).toMatchObject({ state: 'up', version: 'revision 1' })
  follower.close()
})

test('without a source nothing is told of it', async () => {
  const { source, follower, told } = await room()
  follower.taken(null, DEBOUNCE)
  source.lose('it is away')
  expect(follower.fact).toBeUndefined()
  expect(told).toEqual([])
  follower.close()
})

test('what was taken is kept for the next start', async () => {
  const { copy, follower } = await room()
  const { until } = await import('../../test/contract/until.ts')
  await until('the copy is kept', () => existsSync(copy))
  follower.close()
})
