import { describe, expect, test } from 'vitest'
import type { AccessRule, GuardAccess, Role } from '../model/access.ts'
import { accessControl } from './access.ts'

const OWNER = 900
const names: Record<string, number> = { ann: 1_000, bob: 1_001, web: 50, deploy: 51 }
const services = [
  { name: 'web-1', labels: { tier: 'front' }, groups: ['site'] },
  { name: 'web-2', labels: { tier: 'front' }, groups: [] },
  { name: 'db', labels: { tier: 'back' }, groups: ['site'] },
]

function rule(role: Role, given: Partial<AccessRule>): AccessRule {
  return { role, users: [], groups: [], identities: [], services: [], labels: {}, ...given }
}

function accessOf(...rules: AccessRule[]) {
  let current: GuardAccess = { rules, services }
  const access = accessControl({
    current: () => current,
    owner: OWNER,
    uidOf: (name) => names[name] ?? null,
    gidOf: (name) => names[name] ?? null,
  })
  return {
    ...access,
    change(next: Partial<GuardAccess>) {
      current = { ...current, ...next }
    },
  }
}

const user = (uid: number, gid = uid, groups: number[] = []) => ({ uid, gid, groups, pid: 1 })

describe('who may do what:', () => {
  test('the guard’s own user and root may everything, and nobody else without a rule', () => {
    const access = accessOf()
    for (const uid of [0, OWNER]) {
      expect(access.may(user(uid), 'administer', null)).toBe(true)
      expect(access.visible(user(uid))).toBe(null)
    }
    expect(access.knows(user(1_000))).toBe(false)
    expect(access.knows({ uid: null, pid: null })).toBe(false)
    expect(access.may(user(1_000), 'view')).toBe(false)
  })

  test('a role gives what those below it give', () => {
    const access = accessOf(
      rule('viewer', { users: ['ann'] }),
      rule('operator', { users: ['1001'] }),
      rule('admin', { users: ['1002'] }),
    )
    const ranks = [1_000, 1_001, 1_002].map((uid) =>
      (['view', 'operate', 'administer'] as const).map((one) => access.may(user(uid), one, null)),
    )
    expect(ranks).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ])
  })

  test.each([
    ['its first group', user(1_000, 51)],
    ['another of its groups', user(1_000, 1_000, [7, 51])],
  ])('a rule for a group is met by %s', (_, caller) => {
    expect(accessOf(rule('viewer', { groups: ['deploy'] })).knows(caller)).toBe(true)
    expect(accessOf(rule('viewer', { groups: ['51'] })).knows(caller)).toBe(true)
    expect(accessOf(rule('viewer', { users: ['deploy'] })).knows(caller)).toBe(false)
  })

  test('a name that nobody has is met by nobody', () => {
    const access = accessOf(rule('admin', { users: ['ghost'], groups: ['ghosts'] }))
    expect(access.knows({ ...user(1_000), gid: null as never })).toBe(false)
  })

  test.each([
    ['a name', { services: ['db'] }, ['db']],
    ['a glob', { services: ['web-*'] }, ['web-1', 'web-2']],
    ['a group of services', { services: ['site'] }, ['web-1', 'db']],
    ['a label', { labels: { tier: 'front' } }, ['web-1', 'web-2']],
    ['a label and a group', { labels: { tier: 'front' }, services: ['site'] }, ['web-1']],
  ])('%s limits a rule to what fits it', (_, limit, visible) => {
    const access = accessOf(rule('operator', { users: ['ann'], ...limit }))
    expect([...(access.visible(user(1_000)) ?? [])]).toEqual(visible)
    expect(access.may(user(1_000), 'operate', visible[0] as string)).toBe(true)
    expect(access.may(user(1_000), 'operate', null)).toBe(false)
    expect(access.may(user(1_000), 'operate')).toBe(true)
  })

  test('the highest of several rules counts for each service', () => {
    const access = accessOf(
      rule('viewer', { users: ['ann'] }),
      rule('operator', { groups: ['web'], services: ['web-*'] }),
    )
    const ann = user(1_000, 50)
    expect(access.may(ann, 'operate', 'web-2')).toBe(true)
    expect(access.may(ann, 'operate', 'db')).toBe(false)
    expect(() => access.authorise(ann, 'operate', ['web-1', 'db'], 'stop web-1, db')).toThrow(
      'no right to stop web-1, db: it needs the role operator for db',
    )
    expect(access.visible(ann)).toBe(null)
  })

  test('changed rules and services hold at once', () => {
    const access = accessOf(rule('viewer', { users: ['ann'], services: ['api'] }))
    expect(access.visible(user(1_000))?.size).toBe(0)
    access.change({ services: [...services, { name: 'api', labels: {}, groups: [] }] })
    expect(access.visible(user(1_000))?.has('api')).toBe(true)
    access.change({ rules: [] })
    expect(access.knows(user(1_000))).toBe(false)
  })

  test('one over TCP is known by what it showed alone, whatever uid it has', () => {
    const access = accessOf(rule('viewer', { users: ['ann'], identities: ['token ci'] }))
    expect(access.knows({ uid: null, pid: null, identity: 'token ci' })).toBe(true)
    expect(access.knows({ uid: 1_000, pid: null, identity: 'token other' })).toBe(false)
    expect(access.knows({ uid: 0, pid: null, identity: 'token root' })).toBe(false)
  })
})
