import { describe, expect, test } from 'vitest'
import { parseGuardFile } from './guard-file.ts'

function accessIn(yaml: string) {
  const text = `services: { web-1: { command: x }, db: { command: x } }\ngroups: { site: { services: [web-1] } }\n${yaml}\n`
  return parseGuardFile({ path: '/srv/stead.yaml', text, env: {} }).access
}

describe('access in stead.yaml', () => {
  test('is nothing where it is not written', () => {
    expect(accessIn('')).toBe(undefined)
  })

  test('a rule is for users and groups by name or number, and for services', () => {
    const none = { users: [], groups: [], identities: [], services: [], labels: {} }
    expect(
      accessIn(`access:
  - { role: viewer, groups: [adm, 1005] }
  - { role: operator, users: [deploy, 0], services: ["web-*", site], labels: { tier: 1 } }`),
    ).toEqual([
      { ...none, role: 'viewer', groups: ['adm', '1005'] },
      {
        ...none,
        role: 'operator',
        users: ['deploy', '0'],
        services: ['web-*', 'site'],
        labels: { tier: '1' },
      },
    ])
  })

  test.each([
    ['{ role: viewer }', 'it is for nobody: name users or groups'],
    ['{ role: owner, users: [a] }', 'it has to be viewer, operator or admin'],
    ['{ users: [a] }', 'access.0.role: it is missing'],
    ['{ role: viewer, users: [] }', 'it is empty'],
    ['{ role: viewer, users: [""] }', 'it is empty'],
    ['{ role: viewer, users: [-1] }', 'access.0.users.0'],
    ['{ role: viewer, user: [a] }', 'there is no such setting; did you mean users?'],
    ['{ role: viewer, users: [a], services: [web-2] }', 'did you mean web-1?'],
    ['{ role: viewer, users: [a], services: [api-*] }', 'there is no service or group api-*'],
    ['{ role: viewer, users: [a], labels: { "a b": c } }', 'a label has'],
  ])('%s: is a problem with its place', (rule, problem) => {
    expect(() => accessIn(`access: [${rule}]`)).toThrow(problem)
  })
})
