import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { COMMON, listening, NO_SECRET, PARTS } from '../../../test/contract/remote-rooms.ts'
import { certificateAuthority, hasOpenssl } from '../../../test/fixtures/certificates.ts'
import type { RemoteText } from '../../model/ports/remote-source.ts'
import type { HttpRemote } from '../../model/remote-spec.ts'
import { httpSource } from './http-source.ts'
import type { RemoteParts } from './remote-parts.ts'

const never = new AbortController().signal

async function ask(
  handler: RequestListener,
  spec: Partial<HttpRemote> = {},
  parts: Partial<RemoteParts> = {},
) {
  const server = await listening(handler)
  onTestFinished(server.stop)
  return read(`http://127.0.0.1:${server.port}/shop.yaml`, spec, parts)
}

function read(url: string, spec: Partial<HttpRemote> = {}, parts: Partial<RemoteParts> = {}) {
  const own = { kind: 'http', url, user: null, secret: NO_SECRET, poll: 1_000 } as const
  return httpSource({ ...COMMON, ...own, ...spec }, { ...PARTS, ...parts }).read(never)
}

const says = (text: string | Buffer, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => void response.writeHead(200, headers).end(text)
}

describe('what a server says', () => {
  test('is called by its ETag, or its date, or what it is', async () => {
    expect(await ask(says('a: 1', { etag: '"x"' }))).toMatchObject({ version: 'ETag "x"' })
    const date = 'Tue, 01 Sep 2026 00:00:00 GMT'
    expect(await ask(says('a: 1', { 'last-modified': date }))).toMatchObject({
      version: `of ${date}`,
    })
    expect(await ask(says('a: 1'))).toMatchObject({
      version: expect.stringMatching(/^sha256 [0-9a-f]{12}$/),
    })
  })

  test('is asked for whole again while its ETag may be of another text of the same second', async () => {
    const changed = new Date('2026-09-01T00:00:00Z').getTime()
    let now = changed + 1_000
    let text = 'a: 1\n'
    const asked: (string | undefined)[] = []
    // As nginx makes it, of the second of the change and the length.
    const etag = '"68b4e280-5"'
    const server = await listening((request, response) => {
      const condition = request.headers['if-none-match']
      asked.push(condition)
      const date = new Date(now).toUTCString()
      const headers = { etag, date, 'last-modified': new Date(changed).toUTCString() }
      response.writeHead(condition === etag ? 304 : 200, headers)
      response.end(condition === etag ? '' : text)
    })
    onTestFinished(server.stop)
    const own = { kind: 'http', user: null, secret: NO_SECRET, poll: 20 } as const
    const url = `http://127.0.0.1:${server.port}/shop.yaml`
    const source = httpSource({ ...COMMON, ...own, url }, PARTS)
    const told: (string | undefined)[] = []
    const listener = { lost: () => {}, back: () => {} }
    const changes = {
      ...listener,
      changed: (said: RemoteText | null) => void told.push(said?.text),
    }
    onTestFinished(source.watch(await source.read(never), changes))
    await expect.poll(() => asked.length).toBeGreaterThan(3)
    text = 'a: 2\n'
    await expect.poll(() => told).toEqual(['a: 2\n'])
    expect(asked.filter((condition) => condition !== undefined)).toEqual([])
    now = changed + 2_000
    await expect.poll(() => asked.at(-1)).toBe(etag)
    expect(told).toEqual(['a: 2\n'])
  })

  test.each<[string, RequestListener, RegExp, timeout?: number]>([
    ['an empty document', says(' \n'), /it is empty|is empty/],
    ['bytes that are no text', says(Buffer.from([0xff, 0x00, 0x61])), /cannot be read/],
    ['more than anybody writes', says(Buffer.alloc(1_100_000, 97)), /more than 1048576 bytes/],
    [
      'an answer without end',
      (_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536, 97))) if (response.destroyed) return
        }
        response.on('drain', more)
        more()
      },
      /more than 1048576 bytes/,
    ],
    [
      'an answer that comes byte by byte',
      (_, response) => {
        const timer = setInterval(() => response.write('a'), 20)
        response.on('close', () => clearInterval(timer))
      },
      /no whole answer within 300 ms/,
      300,
    ],
    ['no answer at all', () => {}, /no whole answer within 300 ms/, 300],
    [
      'an answer that is cut off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('services:')
        response.socket?.end()
      },
      /cut off|aborted|hang up/,
    ],
    [
      'a way to somewhere else',
      (_, response) =>
        void response.writeHead(302, { location: 'http://169.254.169.254/secret' }).end(),
      /sends one elsewhere/,
    ],
    ['compressed bytes', says('x', { 'content-encoding': 'gzip' }), /compressed/],
    ['that it is broken', (_, response) => void response.writeHead(503).end('x'), /HTTP 503/],
    ['that we may not', (_, response) => void response.writeHead(403).end('x'), /let us in/],
    ['no HTTP', (_, response) => void response.socket?.end('hello\r\n'), /./],
  ])('is refused: %s', async (_, handler, problem, timeout = 60_000) => {
    await expect(ask(handler, { timeout })).rejects.toThrow(problem)
  })
})

describe('who asks', () => {
  const seen: (string | undefined)[] = []
  const remember = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(request.headers.authorization)
    response.end('a: 1')
  }
  let place: string
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'stead-remote-'))
  })
  afterAll(() => rmSync(place, { recursive: true }))

  test('shows a token of a variable, a file or a credential of systemd', async () => {
    const file = join(place, 'token')
    writeFileSync(file, 'of-file\n', { mode: 0o600 })
    const secret = (one: Partial<typeof NO_SECRET | HttpRemote['secret']>) => ({
      secret: { ...NO_SECRET, ...one },
    })
    const variables = { T: 'of-variable', CREDENTIALS_DIRECTORY: place }
    await ask(remember, secret({ env: 'T' }), { variables })
    await ask(remember, secret({ file }))
    await ask(remember, { ...secret({ credential: 'token' }), user: 'me' }, { variables })
    const basic = `Basic ${Buffer.from('me:of-file').toString('base64')}`
    expect(seen).toEqual(['Bearer of-variable', 'Bearer of-file', basic])
  })

  test.runIf(process.platform !== 'win32')('does not use a file that others can read', async () => {
    const file = join(place, 'open')
    writeFileSync(file, 'hidden\n')
    chmodSync(file, 0o644)
    const asked = ask(remember, { secret: { ...NO_SECRET, file } })
    await expect(asked).rejects.toThrow(`${file} can be read by others: chmod 600 ${file}`)
  })

  test('says which variable is not there', async () => {
    const asked = ask(remember, { secret: { ...NO_SECRET, env: 'NOPE' } })
    await expect(asked).rejects.toThrow('there is no variable NOPE')
  })
})

describe.runIf(hasOpenssl)('over TLS', () => {
  let place: string
  let ports: { good: number; wrongName: number; stranger: number }
  let ca: string
  const servers: ReturnType<typeof createServer>[] = []
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'stead-remote-tls-'))
    const ours = certificateAuthority(place)
    const others = certificateAuthority(place, 'others')
    ca = ours.ca
    const start = async ({ cert, key }: { cert: string; key: string }) => {
      const files = { cert: readFileSync(cert), key: readFileSync(key) }
      const server = createServer(files, says('a: 1'))
      servers.push(server)
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      return (server.address() as AddressInfo).port
    }
    ports = {
      good: await start(ours.sign('good', 'IP:127.0.0.1')),
      wrongName: await start(ours.sign('wrong', 'DNS:elsewhere.example')),
      stranger: await start(others.sign('stranger', 'IP:127.0.0.1')),
    }
  })
  afterAll(async () => {
    for (const server of servers) server.close()
    rmSync(place, { recursive: true })
  })

  const over = (port: number, trusted: string | null) =>
    read(`https://127.0.0.1:${port}/x.yaml`, { tls: { ca: trusted, cert: null, key: null } })

  test('one whose certificate our authority has signed is believed, and nobody else', async () => {
    expect(await over(ports.good, ca)).toMatchObject({ text: 'a: 1' })
    await expect(over(ports.wrongName, ca)).rejects.toThrow(/altnames/)
    await expect(over(ports.stranger, ca)).rejects.toThrow(/certificate/)
    await expect(over(ports.good, null)).rejects.toThrow(/certificate/)
  })

  test('a file of certificates that is not there is named', async () => {
    await expect(over(ports.good, join(place, 'nope.crt'))).rejects.toThrow('nope.crt')
  })
})
