import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { composeAnswers } from '../../../src/cli/compose-control.ts'
import { controlTcp } from '../../../src/cli/compose-tcp.ts'
import { connect as connectClient } from '../../../src/client.ts'
import type { AccessRule } from '../../../src/model/access.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { systemTimers } from '../../../src/platform/timers.ts'
import { freePort } from '../../e2e/guard/free-port.ts'
import { fakeGuard } from '../../fakes/guard-api.ts'
import { until } from '../until.ts'
import { readAll } from './room.ts'

const SECRET = 'correct-horse-battery-staple'
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
let directory = ''
const at = (name: string): string => join(directory, name)
const pem = (name: string): string => readFileSync(at(name), 'utf8')

/** A key, and a certificate that signs itself or that `by` has signed. */
function certificate(
  name: string,
  subject: string,
  by: string | null = null,
  alternatives = 'DNS:guard.example',
): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const own = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`), '-days', '2']
  const signer = by === null ? [] : ['-CA', at(`${by}.crt`), '-CAkey', at(`${by}.key`)]
  const names = ['-subj', subject, '-addext', `subjectAltName=${alternatives}`]
  execFileSync('openssl', ['req', '-x509', ...key, ...own, ...signer, ...names], {
    stdio: 'ignore',
  })
}

beforeAll(() => {
  if (!hasOpenssl) return
  directory = mkdtempSync(join(tmpdir(), 'stead-tls-'))
  certificate('server', '/CN=guard.example')
  certificate('ca', '/CN=our clients')
  certificate('monitor', '/CN=monitor', 'ca')
  certificate('unnamed', '/O=no common name', 'ca')
  certificate('stranger', '/CN=stranger', 'ca')
  certificate('forged', '/CN=monitor')
  writeFileSync(at('token'), SECRET, { mode: 0o600 })
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function openDoor() {
  const guard = fakeGuard(2)
  const rule = (identity: string): AccessRule => ({
    ...{ role: 'viewer', users: [], groups: [], identities: [identity], services: [], labels: {} },
  })
  guard.rules = [rule('certificate monitor'), rule('token ci')]
  const clock = systemClock()
  const answers = await composeAnswers({ api: guard, clock })
  const told: string[] = []
  const tell = (text: string): void => void told.push(text)
  const tcp = controlTcp({ answers, clock, timers: systemTimers(), tell })
  onTestFinished(() => tcp.close())
  const port = await freePort()
  const tls = { cert: at('server.crt'), key: at('server.key'), clientCa: at('ca.crt') }
  const spec = {
    ...{ host: '127.0.0.1', port, names: ['guard.example'], tls },
    tokens: [{ name: 'ci', file: at('token') }],
  }
  tcp.applied(spec)
  await until('it listens', () => told.length > 0)
  expect(told).toEqual([`it is controlled at https://127.0.0.1:${port} too`])
  const ask = async (who: string | null, header = '', more: ConnectionOptions = {}) => {
    const own = who === null ? {} : { cert: pem(`${who}.crt`), key: pem(`${who}.key`) }
    const ca = pem('server.crt')
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'guard.example',
      ca,
      ...own,
      ...more,
    })
    socket.on('error', () => {})
    socket.write(`GET /v1 HTTP/1.1\r\nHost: guard.example\r\nConnection: close\r\n${header}\r\n`)
    return Number((await readAll(socket)).split(' ', 2)[1] ?? 0)
  }
  return { ask, port, guard, tcp, spec, told }
}

describe.skipIf(!hasOpenssl)('control over TLS', () => {
  test('a certificate that ours has signed is who it says; any other is nobody', async () => {
    const { ask } = await openDoor()
    expect(await ask('monitor')).toBe(200)
    expect(await ask('stranger')).toBe(403)
    for (const who of ['forged', 'unnamed', null]) expect(await ask(who), `${who}`).toBe(401)
    const token = `Authorization: Bearer ${SECRET}\r\n`
    for (const who of ['forged', null]) expect(await ask(who, token), `${who}`).toBe(200)
  })

  test('the client shows its certificate, and looks at that of the guard', async () => {
    const { port, tcp, spec, ask } = await openDoor()
    const url = `https://localhost:${port}`
    const own = { cert: pem('monitor.crt'), key: pem('monitor.key') }
    const other = connectClient({ url, tls: { ...own, ca: pem('ca.crt') } })
    await expect(other).rejects.toMatchObject({ code: 'GUARD_UNREACHABLE' })
    // Its certificate is for another name than localhost.
    const misnamed = connectClient({ url, tls: { ...own, ca: pem('server.crt') } })
    await expect(misnamed).rejects.toMatchObject({ code: 'GUARD_UNREACHABLE' })
    const [cert, key] = [pem('server.crt'), pem('server.key')]
    onTestFinished(() => {
      writeFileSync(at('server.crt'), cert)
      writeFileSync(at('server.key'), key)
    })
    certificate('server', '/CN=localhost', null, 'DNS:localhost,DNS:guard.example')
    tcp.applied({ ...spec })
    expect(await ask('monitor')).toBe(200)
    const client = await connectClient({ url, tls: { ...own, ca: pem('server.crt') } })
    onTestFinished(() => client.close())
    expect((await client.status()).services).toHaveLength(2)
  })

  test('a wrong token is not mended by a certificate', async () => {
    const { ask } = await openDoor()
    expect(await ask('monitor', 'Authorization: Bearer wrong-wrong-wrong-wrong\r\n')).toBe(401)
  })

  test('plain HTTP, old TLS and one that never shakes hands get nothing', async () => {
    const { ask, port } = await openDoor()
    const socket = connectPlain({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    socket.write('GET /v1 HTTP/1.1\r\nHost: guard.example\r\n\r\n')
    expect(await readAll(socket)).not.toContain('HTTP/1.1 200')
    expect(await ask('monitor', '', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).toBe(0)
    const silent = connectPlain({ host: '127.0.0.1', port })
    silent.on('error', () => {})
    onTestFinished(() => void silent.destroy())
    expect(await ask('monitor')).toBe(200)
  })

  test('a new certificate is taken with the next apply, without an end of what is connected', async () => {
    const { ask, tcp, spec, told } = await openDoor()
    const [cert, key] = [pem('server.crt'), pem('server.key')]
    onTestFinished(() => {
      writeFileSync(at('server.crt'), cert)
      writeFileSync(at('server.key'), key)
    })
    certificate('server', '/CN=guard.example')
    expect(await ask('monitor')).toBe(0)
    tcp.applied({ ...spec })
    expect(await ask('monitor')).toBe(200)
    writeFileSync(at('server.crt'), 'nonsense')
    tcp.applied({ ...spec })
    expect(told.at(-1)).toContain('its certificate stays as it was')
  })
})
