import { describe, expect, test } from 'vitest'
import { sockets } from './socket-schema.ts'

describe('the sockets of a service', () => {
  test('are read in their order, with what they leave out', () => {
    expect(
      sockets.parse({
        http: { tcp: 8080 },
        dns: { udp: '[::1]:53' },
        local: { tcp: 'localhost:80', backlog: 5 },
        admin: { unix: './a.sock', mode: '0660', group: 'www' },
      }),
    ).toEqual([
      { name: 'http', address: { kind: 'tcp', host: '::', port: 8080 }, backlog: 4096 },
      { name: 'dns', address: { kind: 'udp', host: '::1', port: 53 }, backlog: 4096 },
      { name: 'local', address: { kind: 'tcp', host: '127.0.0.1', port: 80 }, backlog: 5 },
      {
        name: 'admin',
        address: { kind: 'unix', path: './a.sock', mode: 0o660, owner: null, group: 'www' },
        backlog: 4096,
      },
    ])
  })

  test.each([
    [{ a: {} }, 'exactly one of tcp, udp and unix'],
    [{ a: { tcp: 1, udp: 1 } }, 'exactly one of tcp, udp and unix'],
    [{ a: { tcp: 0 } }, 'not a port from 1 to 65535'],
    [{ a: { tcp: 'example.org:80' } }, 'with the address in numbers'],
    [{ a: { tcp: '1.2.3.256:80' } }, 'with the address in numbers'],
    [{ a: { tcp: '[::z]:80' } }, 'not a port'],
    [{ a: { tcp: 80, mode: '0600' } }, 'it is for unix sockets only'],
    [{ a: { udp: 80, backlog: 5 } }, 'it is for tcp and unix sockets only'],
    [{ 'a:b': { tcp: 80 } }, 'cannot be the name of a socket'],
    [{ '1': { tcp: 80 } }, 'cannot be the name of a socket'],
    [{ a: { unix: '' } }, 'it is empty'],
    [{ a: { tcp: 80, tls: true } }, 'tls'],
    [
      Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`s${n}`, { tcp: 80 }])),
      'more than 64 sockets',
    ],
  ])('say what is wrong with %j', (value, message) => {
    expect(JSON.stringify(sockets.safeParse(value).error?.issues)).toContain(message)
  })
})
