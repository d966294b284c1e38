import { describe, expect, test } from 'vitest'
import { parseGuardFile } from './guard-file.ts'

function specOf(tcp: string) {
  const text = `services: { web: { command: x } }\ncontrol: { tcp: ${tcp} }\n`
  return parseGuardFile({ path: '/srv/stead.yaml', text, env: {} })
}

const TOKEN = 'tokens: [{ name: ci, file: ./ci.token, role: operator, services: [web] }]'

describe('control over TCP in stead.yaml', () => {
  test('is nothing where it is not written', () => {
    const text = 'services: { web: { command: x } }\n'
    const spec = parseGuardFile({ path: '/srv/stead.yaml', text, env: {} })
    expect(spec).not.toHaveProperty('controlTcp')
    expect(spec).not.toHaveProperty('access')
  })

  test('has whole paths, and rules like all others', () => {
    const spec = specOf(
      `{ listen: "0.0.0.0:7878", hosts: [Guard.Example], ${TOKEN}, certificates: [{ name: monitor, role: viewer }], tls: { cert: c.pem, key: /k.pem, clientCa: ca.pem } }`,
    )
    expect(spec.controlTcp).toEqual({
      host: '0.0.0.0',
      port: 7878,
      names: ['guard.example'],
      tls: { cert: '/srv/c.pem', key: '/k.pem', clientCa: '/srv/ca.pem' },
      tokens: [{ name: 'ci', file: '/srv/ci.token' }],
    })
    const none = { users: [], groups: [], labels: {} }
    expect(spec.access).toEqual([
      { ...none, role: 'operator', identities: ['token ci'], services: ['web'] },
      { ...none, role: 'viewer', identities: ['certificate monitor'], services: [] },
    ])
  })

  test.each([
    [`{ listen: "0.0.0.0:7878", ${TOKEN} }`, 'say tls, or listen on 127.0.0.1'],
    ['{ listen: 7878 }', 'nobody could ask: say tokens or certificates'],
    ['{ listen: 7878, certificates: [{ name: a, role: viewer }] }', 'tls.clientCa'],
    [`{ listen: localhost, ${TOKEN} }`, 'is not a port'],
    [`{ listen: "example.com:1", ${TOKEN} }`, 'is not a port'],
    [`{ listen: 7878, hosts: ["a b"], ${TOKEN} }`, 'it is no host name'],
    [
      '{ listen: 7878, tokens: [{ name: a, file: x, role: viewer, services: [wep] }] }',
      'mean web?',
    ],
    [
      '{ listen: 7878, tokens: [{ name: a, file: x, role: viewer }, { name: a, file: y, role: admin }] }',
      'a is named twice',
    ],
    ['{ listen: 7878, tokens: [{ name: a, file: x }] }', 'role: it is missing'],
    [
      '{ listen: 7878, tokens: [{ name: a, file: x, role: viewer, token: abc }] }',
      'no such setting',
    ],
    ['{ listen: 7878, tokens: [{ name: "a\\nb", file: x, role: viewer }] }', 'line break'],
  ])('%s: is a problem', (tcp, problem) => {
    expect(() => specOf(tcp)).toThrow(problem)
  })
})
