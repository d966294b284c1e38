import { describe, expect, test } from 'vitest'
import { fakeGuard } from '../../test/fakes/guard-api.ts'
import type { AccessRule } from '../model/access.ts'
import type { AuditEntry } from '../model/ports/audit.ts'
import { accessControl } from './access.ts'
import { authorisedApi } from './authorised-api.ts'

const LEVEL = { set: { logLevel: 'debug' }, reset: [], for: 60_000 }

const caller = { uid: 1_000, gid: 1_000, groups: [], pid: 77 }

function openRoom(...rules: Partial<AccessRule>[]) {
  const guard = fakeGuard(3)
  guard.rules = rules.map((rule) => ({
    role: 'viewer',
    users: ['1000'],
    groups: [],
    identities: [],
    services: [],
    labels: {},
    ...rule,
  }))
  const entries: AuditEntry[] = []
  const access = accessControl({
    current: () => guard.access(),
    owner: 0,
    uidOf: () => null,
    gidOf: () => null,
  })
  const audit = { append: (entry: AuditEntry) => entries.push(entry) }
  return { guard, entries, api: authorisedApi({ api: guard, caller, access, audit }) }
}

describe('a guard, for one caller:', () => {
  test('who may see one service sees it in everything, and nothing of the others', async () => {
    const { api, guard } = openRoom({ services: ['svc-1'] })
    for (const id of ['svc-0', 'svc-1', 'svc-2']) guard.log.append({ type: 'added', id })
    guard.log.append({ type: 'removed', id: 'svc-1@2' })
    expect(api.status({ names: [] }).services.map(({ id }) => id)).toEqual(['svc-1'])
    expect(api.history({ names: [] }).map(({ id }) => id)).toEqual(['svc-1'])
    expect((await api.detail('svc-1')).id).toBe('svc-1')
    expect(api.pastEvents(0, 10).map(({ number }) => number)).toEqual([2, 4])
    const { snapshot, events } = api.events(0, new AbortController().signal)
    expect(snapshot.services.map(({ id }) => id)).toEqual(['svc-1'])
    const seen: unknown[] = []
    for await (const event of events) {
      seen.push('number' in event ? event.number : event)
      if (seen.length === 2) break
    }
    expect(seen).toEqual([2, 4])
  })

  test('events about the guard itself are for those who see everything', () => {
    const events = [
      { type: 'guard', text: 'svc-0 has no control group of its own: EACCES', severity: 4 },
      { type: 'sink', sink: 'loki', state: 'down', lost: 0, trouble: 'svc-0 is too loud' },
      { type: 'config', version: 2, outcome: 'rolled-back', reason: 'svc-0 is not healthy' },
    ] as const
    for (const [rule, seen] of [
      [{ services: ['svc-1'] }, 0],
      [{}, events.length],
    ] as const) {
      const { api, guard } = openRoom(rule)
      for (const event of events) guard.log.append(event)
      expect(api.pastEvents(0, 10)).toHaveLength(seen)
    }
  })

  test('what it may not see is as if it were not there', async () => {
    const { api, guard, entries } = openRoom({ role: 'operator', services: ['svc-1'] })
    const asks = [
      () => api.status({ names: ['svc-0'] }),
      () => api.detail('svc-0'),
      () => api.history({ names: ['svc-0'] }),
      () => api.logFile('svc-0'),
      () => api.act('stop', { names: ['svc-1', 'svc-0'] }, caller, {}),
      () => api.signal({ names: ['svc-0'] }, 'SIGHUP', 'leader'),
      () => api.beat('svc-0', caller),
      () => api.scale('svc-0', 3, caller),
      () => api.parameters('svc-0'),
      () => api.setParameters('svc-0', LEVEL, caller),
    ]
    for (const ask of asks) {
      await expect((async () => ask())()).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
    }
    expect(guard.calls).toEqual([])
    expect(entries).toEqual([])
  })

  test('a viewer changes nothing, and its attempts are noted', async () => {
    const { api, guard, entries } = openRoom({})
    const asks = [
      () => api.act('stop', { names: ['svc-1'] }, caller, {}),
      () => api.signal({ names: [] }, 'SIGHUP', 'leader'),
      () => api.beat('svc-0', caller),
      () => api.scale('svc-0', 3, caller),
      () => api.setParameters('svc-0', LEVEL, caller),
      () => api.apply({ text: 'x', dryRun: true }, caller),
      () => api.shutdown({ keep: true }, caller),
    ]
    for (const ask of asks) {
      const refused = expect((async () => ask())()).rejects
      await refused.toMatchObject({ code: 'RIGHTS', hint: expect.stringContaining('access:') })
    }
    expect(guard.calls).toEqual([])
    expect(entries.map(({ action, result }) => [action, result])).toEqual([
      ['stop', 'refused'],
      ['signal', 'refused'],
      ['beat', 'refused'],
      ['scale', 'refused'],
      ['set', 'refused'],
      ['apply', 'refused'],
      ['down', 'refused'],
    ])
  })

  test('an operator of some stops what is its own, and not everything that it sees', async () => {
    const { api, guard } = openRoom({}, { role: 'operator', services: ['svc-1'] })
    await expect(api.act('stop', { names: [] }, caller, {})).rejects.toMatchObject({
      code: 'RIGHTS',
      message: 'no right to stop everything: it needs the role operator for svc-0',
    })
    await expect(api.scale('svc-1', 2, caller)).rejects.toMatchObject({ code: 'RIGHTS' })
    expect(guard.calls).toEqual([])
    const [result] = await api.act('stop', { names: ['svc-1'] }, caller, {})
    expect(result).toMatchObject({ id: 'svc-1', done: true })
  })

  test('an operator who sees nothing but its own means that with everything', async () => {
    const { api } = openRoom({ role: 'operator', services: ['svc-1'] })
    const results = await api.act('stop', { names: [] }, caller, {})
    expect(results.map(({ id }) => id)).toEqual(['svc-1'])
  })

  test('an operator sets parameters, which a viewer sees; old and new are noted', async () => {
    const viewer = openRoom({})
    expect(viewer.api.parameters('svc-0').map(({ name }) => name)).toEqual(['logLevel'])
    const { api, entries } = openRoom({ role: 'operator', services: ['svc-1'] })
    await api.setParameters('svc-1', LEVEL, caller)
    expect(entries).toMatchObject([
      { action: 'set', targets: ['svc-1'], detail: { set: ['logLevel'], for: 60_000 } },
      { action: 'set', result: 'done' },
    ])
    expect(entries[1]?.detail?.changes).toEqual([
      expect.stringMatching(/^logLevel: info → debug until /),
    ])
    const wrong = { ...LEVEL, set: { logLevel: 'loud' } }
    await expect(api.setParameters('svc-1', wrong, caller)).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
    })
    expect(entries.at(-1)).toMatchObject({ result: 'failed', errors: ['PARAMETER_INVALID'] })
  })

  test('a change is noted before it begins, and again with what came of it', async () => {
    const { api, guard, entries } = openRoom({ role: 'admin' })
    const { promise, resolve } = Promise.withResolvers<void>()
    guard.patience = promise
    const asked = api.act('restart', { names: ['svc-0'] }, caller, { rolling: true })
    const first = {
      caller,
      action: 'restart',
      targets: ['svc-0'],
      detail: { rolling: true },
      result: 'asked',
    }
    expect(entries).toEqual([first])
    resolve()
    await asked
    expect(entries[1]).toEqual({ ...first, of: 1, result: 'done' })
    await api.apply({ text: 'password: hunter2', dryRun: false }, caller)
    expect(entries[3]).toMatchObject({
      action: 'apply',
      of: 3,
      result: 'done',
      detail: { changes: ['svc-0 restart env'] },
    })
    expect(JSON.stringify(entries)).not.toContain('hunter2')
  })

  test('what fails is noted with the code of its error', async () => {
    const { api, entries } = openRoom({ role: 'admin' })
    await expect(api.act('stop', { names: ['nobody'] }, caller, {})).rejects.toThrow()
    expect(entries.map(({ result, errors }) => [result, errors])).toEqual([
      ['asked', undefined],
      ['failed', ['NOT_INSTALLED']],
    ])
  })
})
