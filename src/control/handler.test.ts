import { describe, expect, test } from 'vitest'
import { fakeGuard } from '../../test/fakes/guard-api.ts'
import type { AccessRule } from '../model/access.ts'
import { accessControl } from './access.ts'
import { controlHandler } from './handler.ts'

const VIEWER: AccessRule = {
  ...{ role: 'viewer', users: ['1000'], groups: [], identities: [], services: [], labels: {} },
}

function openRoom() {
  const guard = fakeGuard(2)
  guard.rules = [VIEWER]
  const { promise: more, resolve: write } = Promise.withResolvers<void>()
  const handler = controlHandler({
    api: guard,
    logs: {
      async *tail() {
        yield 'the first line'
        await more
        yield 'the second line'
      },
    },
    access: accessControl({
      current: () => guard.access(),
      owner: 0,
      uidOf: () => null,
      gidOf: () => null,
    }),
    audit: { append: () => 0 },
    trail: null,
    machine: { now: () => new Date(0), signals: {}, readPiece: async () => null as never },
  })
  const left = new AbortController()
  const open = async (target: string, accept = '*/*'): Promise<AsyncIterator<string>> => {
    const answer = await handler({
      ...{ method: 'GET', target, headers: { accept }, body: '' },
      caller: { uid: 1_000, gid: 1_000, groups: [], pid: 7 },
      gone: () => left.signal,
    })
    if (!('parts' in answer)) throw new Error(answer.body)
    return answer.parts[Symbol.asyncIterator]()
  }
  return { guard, open, write }
}

describe('an answer that goes on ends when the right to it does:', () => {
  test('a log that is followed', async () => {
    const { guard, open, write } = openRoom()
    guard.logPaths.set('svc-0', '/log')
    const parts = await open('/v1/services/svc-0/logs?follow')
    expect(await parts.next()).toMatchObject({ value: 'the first line\n' })
    guard.rules = [{ ...VIEWER, services: ['svc-1'] }]
    write()
    expect(await parts.next()).toMatchObject({ done: true })
  })

  test('events', async () => {
    const { guard, open } = openRoom()
    const parts = await open('/v1/events', 'text/event-stream')
    expect((await parts.next()).value).toContain('event: snapshot')
    guard.log.append({ type: 'added', id: 'svc-0' })
    expect((await parts.next()).value).toContain('"svc-0"')
    guard.rules = [{ ...VIEWER, services: ['svc-1'] }]
    guard.log.append({ type: 'added', id: 'svc-0' })
    guard.log.append({ type: 'added', id: 'svc-1' })
    // One of what it may no longer see is passed over.
    expect((await parts.next()).value).toContain('"svc-1"')
    guard.rules = []
    guard.log.append({ type: 'guard', text: 'secret', severity: 6 })
    expect(await parts.next()).toMatchObject({ done: true })
  })
})
