import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { composeAnswers } from '../../../src/cli/compose-control.ts'
import { controlTcp } from '../../../src/cli/compose-tcp.ts'
import { connect } from '../../../src/client.ts'
import type { AccessRule } from '../../../src/model/access.ts'
import type { ControlTcpSpec } from '../../../src/model/control-tcp.ts'
import type { AuditEntry } from '../../../src/model/ports/audit.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { serveTcp } from '../../../src/platform/control/serve-tcp.ts'
import { systemTimers } from '../../../src/platform/timers.ts'
import { freePort } from '../../e2e/guard/free-port.ts'
import { fakeGuard } from '../../fakes/guard-api.ts'
import { until } from '../until.ts'
import { readAll } from './room.ts'

const SECRET = 'correct-horse-battery-staple'
const rule = (role: AccessRule['role'], identity: string, services: string[] = []): AccessRule => ({
  ...{ role, users: [], groups: [], identities: [identity], services, labels: {} },
})

async function openDoor(more: Partial<ControlTcpSpec> = {}, clock = systemClock()) {
  const directory = mkdtempSync(join(tmpdir(), 'stead-tcp-'))
  const file = join(directory, 'ci.token')
  writeFileSync(file, `${SECRET}\n`, { mode: 0o600 })
  const guard = fakeGuard(2)
  guard.rules = [rule('operator', 'token ci', ['svc-1'])]
  const entries: AuditEntry[] = []
  const audit = { append: (entry: AuditEntry) => entries.push(entry) }
  const answers = await composeAnswers({ api: guard, clock, audit })
  const told: string[] = []
  const tell = (text: string): void => void told.push(text)
  const tcp = controlTcp({ answers, clock, timers: systemTimers(), tell })
  onTestFinished(async () => {
    await tcp.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const port = await freePort()
  const spec: ControlTcpSpec = {
    ...{ host: '127.0.0.1', port, names: ['guard.example'], tls: null },
    tokens: [{ name: 'ci', file }],
    ...more,
  }
  tcp.applied(spec)
  await until('it listens', () => told.some((text) => text.includes('controlled at')))
  const exchange = async (bytes: string) => {
    const socket = connectSocket({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    socket.write(bytes)
    const text = await readAll(socket)
    return { status: Number(text.split(' ', 2)[1] ?? 0), text }
  }
  const ask = (lines: readonly string[], head = 'GET /v1/status', body = '') =>
    exchange(
      `${head} HTTP/1.1\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
    )
  return { directory, file, guard, entries, tcp, spec, port, told, ask, exchange }
}

const AUTH = `Authorization: Bearer ${SECRET}`

describe('control over TCP', () => {
  test('who shows the token has its role, sees its services, and is noted by its name', async () => {
    const { ask, guard, entries } = await openDoor()
    const seen = await ask(['Host: localhost', AUTH])
    expect(seen.status).toBe(200)
    expect(seen.text).toContain('svc-1')
    expect(seen.text).not.toContain('svc-0')
    expect(
      (await ask(['Host: guard.EXAMPLE:80', AUTH], 'POST /v1/services/svc-1/stop')).status,
    ).toBe(200)
    expect((await ask(['Host: 127.0.0.1', AUTH], 'POST /v1/shutdown')).status).toBe(403)
    expect((await ask(['Host: 127.0.0.1', AUTH], 'GET /v1/audit')).status).toBe(403)
    const caller = { uid: null, pid: null, identity: 'token ci', address: '127.0.0.1' }
    expect(guard.calls.map(({ name, args }) => [name, args[2]])).toEqual([['act', caller]])
    expect(entries.map((entry) => [entry.caller, entry.action, entry.result])).toEqual([
      [caller, 'stop', 'asked'],
      [caller, 'stop', 'done'],
      [caller, 'down', 'refused'],
    ])
    expect(JSON.stringify(entries)).not.toContain(SECRET)
  })

  test.each([
    ['no token', 401, ['Host: localhost']],
    ['a wrong token', 401, ['Host: localhost', 'Authorization: Bearer wrong-wrong-wrong-wrong']],
    [
      'a part of the token',
      401,
      ['Host: localhost', `Authorization: Bearer ${SECRET.slice(0, -1)}`],
    ],
    ['another scheme', 401, ['Host: localhost', `Authorization: Basic ${SECRET}`]],
    ['an empty token', 401, ['Host: localhost', 'Authorization: Bearer']],
    ['a lying host', 403, ['Host: evil.example', AUTH]],
    ['an address as a part of a name', 403, ['Host: 127.0.0.1.evil.example', AUTH]],
    ['a host in the path of a name', 403, ['Host: guard.example.evil', AUTH]],
    ['two hosts', 403, ['Host: localhost', 'Host: evil.example', AUTH]],
    ['no host', 400, [AUTH]],
    ['another origin', 403, ['Host: localhost', 'Origin: http://evil.example', AUTH]],
    ['no origin, said as one', 403, ['Host: localhost', 'Origin: null', AUTH]],
    ['headers that are too large', 431, ['Host: localhost', `X: ${'y'.repeat(20_000)}`, AUTH]],
  ])('%s is refused with %i', async (_, status, lines) => {
    const { ask, guard } = await openDoor()
    const answer = await ask(lines, 'POST /v1/stop', '{}')
    expect(answer.status).toBe(status)
    expect(guard.calls).toEqual([])
    expect((await ask(['Host: localhost', AUTH])).status).toBe(200)
  })

  test('a body that is too large is not read', async () => {
    const { exchange } = await openDoor()
    const head = `POST /v1/apply HTTP/1.1\r\nHost: localhost\r\n${AUTH}\r\nContent-Length: 104857600\r\n\r\n`
    expect((await exchange(head + 'x'.repeat(100_000))).status).toBe(413)
  })

  test('who shows wrong tokens has to wait, and so has who asks without end', async () => {
    // Time that stands still gives nobody another try.
    const still = { ...systemClock(), monotonic: () => 0 }
    const { ask, port } = await openDoor({}, still)
    const wrong = ['Host: localhost', 'Authorization: Bearer wrong-wrong-wrong-wrong']
    const statuses: number[] = []
    for (let index = 0; index < 12; index += 1) statuses.push((await ask(wrong)).status)
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    const answer = await ask(['Host: localhost', AUTH])
    expect(answer.status).toBe(429)
    expect(answer.text).toMatch(/Retry-After: [1-6]\r\n/)
    const flood = connectSocket({ host: '127.0.0.1', port })
    flood.on('error', () => {})
    flood.write(`GET /v1 HTTP/1.1\r\nHost: localhost\r\n${AUTH}\r\n\r\n`.repeat(400))
    flood.write('GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect((await readAll(flood)).match(/HTTP\/1.1 429/g)?.length).toBeGreaterThan(100)
  })

  test('a role that is taken away, and a token that is changed, hold at once', async () => {
    const { ask, guard, file } = await openDoor()
    writeFileSync(file, 'another-token-of-good-length\n')
    expect((await ask(['Host: localhost', AUTH])).status).toBe(401)
    const other = 'Authorization: Bearer another-token-of-good-length'
    expect((await ask(['Host: localhost', other])).status).toBe(200)
    guard.rules = []
    expect((await ask(['Host: localhost', other])).status).toBe(403)
  })

  test.each([
    ['that others may read', (file: string) => chmodSync(file, 0o644), 'can be read by others'],
    ['that is too short', (file: string) => writeFileSync(file, 'short'), 'at least 16 characters'],
    ['that is not there', (file: string) => rmSync(file), 'ENOENT'],
  ])('a token in a file %s is no use, and is told of once', async (_, spoil, reason) => {
    const { ask, told, file } = await openDoor()
    spoil(file)
    for (let index = 0; index < 3; index += 1) {
      expect((await ask(['Host: localhost', AUTH])).status).toBe(401)
    }
    const said = told.filter((text) => text.includes('the token ci is no use'))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(reason)
    expect(said[0]).not.toContain(SECRET)
  })

  test('the client speaks with it', async () => {
    const { port, guard } = await openDoor()
    const url = `http://127.0.0.1:${port}`
    const client = await connect({ url, token: SECRET })
    onTestFinished(() => client.close())
    expect((await client.status()).services.map(({ id }) => id)).toEqual(['svc-1'])
    await client.restart('svc-1')
    await expect(client.scale('svc-1', 2)).rejects.toMatchObject({ code: 'RIGHTS' })
    expect(guard.calls).toHaveLength(1)
    guard.log.append({ type: 'added', id: 'svc-1' })
    for await (const event of client.events({ since: 1 })) {
      expect(event).toMatchObject({ type: 'added', id: 'svc-1' })
      break
    }
    const wrong = connect({ url, token: 'wrong-wrong-wrong-wrong' })
    await expect(wrong).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED' })
    await expect(connect({ url: 'localhost:1' })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('goes and comes with the configuration', async () => {
    const { ask, tcp, spec, told } = await openDoor()
    tcp.applied(null)
    await until('nobody listens', async () => (await ask(['Host: localhost', AUTH])).status === 0)
    tcp.applied({ ...spec })
    await until(
      'it listens again',
      async () => (await ask(['Host: localhost', AUTH])).status === 200,
    )
    expect(told.filter((text) => text.includes('controlled at'))).toHaveLength(2)
  })
})

describe('connections over TCP', () => {
  async function openServer() {
    const server = await serveTcp({
      ...{ host: '127.0.0.1', port: 0 },
      handler: () => ({ status: 200, type: 'text/plain', body: 'hello' }),
      limits: { clients: 20, request: 300, idle: 300 },
    })
    onTestFinished(() => server.close())
    const raw = () => {
      const socket = connectSocket({ host: '127.0.0.1', port: server.port })
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      return socket
    }
    return { server, raw }
  }

  test('one that sends byte by byte is cut off', async () => {
    const { raw, server } = await openServer()
    const socket = raw()
    socket.write('GET /v1 HTTP/1.1\r\nX: ')
    const dripping = setInterval(() => socket.write('y'), 20)
    expect(await readAll(socket)).toMatch(/HTTP\/1.1 408 /)
    clearInterval(dripping)
    await until('it is gone', () => server.clients === 0)
  })

  test('more than the bound are cut off, and the others do not notice', async () => {
    const { raw, server } = await openServer()
    const sockets = Array.from({ length: 20 }, () => raw())
    await until('all are there', () => server.clients === 20)
    expect(await readAll(raw())).toBe('')
    sockets[0]?.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await readAll(sockets[0] as never)).toContain('hello')
    await until('all are gone', () => server.clients === 0)
    const later = raw()
    later.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await readAll(later)).toContain('hello')
  })
})
