import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { lineRecord } from '../../../test/fixtures/line-record.ts'
import type { LogSink, LokiSink, SyslogSink } from '../../model/log-sink.ts'
import type { LineRecord } from '../../sinks/line-record.ts'
import { octetCounted } from '../../sinks/syslog-message.ts'
import { type RunningSink, runSink } from './line-sink-runner.ts'
import { sinkTransport } from './sink-transport.ts'
import { tcpTransport } from './syslog-tcp.ts'

const never = new AbortController().signal
const bounds = { buffer: 1_000_000, lines: 1_000 }
const access = { tokenFile: null, tokenEnv: null, user: null, headersFile: null, timeout: 2_000 }
const plain = ({ text }: LineRecord): Buffer[] => [text]
const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A TCP server of which the test has every connection. */
async function tcpServer(onSocket: (socket: Socket) => void, port = 0): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

function syslogSink(port: number, lines = 1_000): SyslogSink {
  const to = { transport: 'tcp', host: '127.0.0.1', port } as const
  return { kind: 'syslog', to, facility: 3, buffer: 10_000_000, lines }
}

function started(sink: LogSink): RunningSink {
  const running = runSink(sink, {}, () => {})
  closing.push(() => void running.close(0))
  return running
}

/** Numbers of the messages, and lines that are told as lost. */
function received(text: string): { numbers: Set<number>; lost: number } {
  const numbers = [...text.matchAll(/\] line (\d+)(?=\D|$)/g)].map((match) => Number(match[1]))
  const lost = [...text.matchAll(/lostLines="(\d+)"/g)].reduce(
    (sum, one) => sum + Number(one[1]),
    0,
  )
  return { numbers: new Set(numbers), lost }
}

function push(sink: RunningSink, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) sink.push([lineRecord(`line ${number};`)])
}

describe('syslog over TCP', () => {
  test('to a server that never reads is down after a time, in bounded memory', async () => {
    const server = await tcpServer((socket) => socket.pause())
    const transport = tcpTransport('127.0.0.1', portOf(server), plain, { takenWithin: 300 })
    const big = Array.from({ length: 100 }, () => lineRecord('x'.repeat(60_000)))
    const outcome = await until('it takes no more', async () => {
      const next = await transport.send(big, never)
      return next.kind === 'later' && next
    })
    expect(outcome.why).toBe('the server takes nothing for 300 ms')
    transport.close()
  })

  test('to a server that accepts and closes loses nothing, and says so', async () => {
    let port = 0
    const busy = new Int32Array(new SharedArrayBuffer(4))
    const first = await tcpServer((socket) => {
      socket.end()
      // This process is held up for longer than the other side is given, and sees its end late.
      setImmediate(() => Atomics.wait(busy, 0, 0, 100))
    })
    port = portOf(first)
    const sink = started(syslogSink(port))
    push(sink, 1, 20)
    await until('it is down', () => sink.facts().state === 'down')
    expect(sink.facts()).toMatchObject({
      sent: 0,
      lost: 0,
      waiting: { lines: 20 },
      trouble: 'the server closed the connection',
    })
    first.close()
    let text = ''
    await tcpServer((socket) => socket.on('data', (data) => (text += String(data))), port)
    await until('all has come', () => received(text).numbers.size === 20)
    expect(sink.facts()).toMatchObject({ state: 'up', sent: 20, lost: 0 })
  })

  test('to a server that comes back tells exactly how many lines are missing', async () => {
    let text = ''
    const take = (socket: Socket): void =>
      void socket.on('data', (data) => {
        text += String(data)
      })
    const sockets: Socket[] = []
    const first = await tcpServer((socket) => {
      sockets.push(socket)
      take(socket)
    })
    const port = portOf(first)
    const sink = started(syslogSink(port, 100))
    push(sink, 1, 50)
    await until('the first has come', () => received(text).numbers.size === 50)
    first.close()
    for (const socket of sockets) socket.destroy()
    push(sink, 51, 60)
    await until('it is down', () => sink.facts().state === 'down')
    push(sink, 61, 1_000)
    await tcpServer(take, port)
    await until('it is back', () => sink.facts().waiting.lines === 0)
    await until('all has come', () => received(text).numbers.has(1_000))
    const { numbers, lost } = received(text)
    expect(numbers.size + lost).toBe(1_000)
    expect(lost).toBe(sink.facts().lost)
    expect(lost).toBeGreaterThan(800)
  })

  test('sends what a broken connection may have swallowed again', async () => {
    let text = ''
    let first: Socket | null = null
    const server = await tcpServer((socket) => {
      if (first !== null) socket.on('data', (data) => (text += String(data)))
      else first = socket
    })
    const transport = tcpTransport('127.0.0.1', portOf(server), (one) =>
      plain(one).map(octetCounted),
    )
    expect(await transport.send([lineRecord('one')], never)).toEqual({ kind: 'done' })
    // It has accepted, reads nothing, and is gone with what it was sent.
    const accepted = await until('it has accepted', () => first as Socket | null)
    accepted.resetAndDestroy()
    await until('it comes again with the next', async () => {
      await transport.send([lineRecord('two')], never)
      return text.includes('two')
    })
    expect(text).toContain('one')
    transport.close()
  })
})

test('syslog over UDP to a port where nobody is says so', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const got: string[] = []
  socket.on('message', (message) => got.push(String(message)))
  const to = { transport: 'udp', host: '127.0.0.1', port } as const
  const transport = await sinkTransport({ kind: 'syslog', to, facility: 3, ...bounds }, {})
  expect(await transport.send([lineRecord('here')], never)).toEqual({ kind: 'done' })
  await until('it came', () => got[0]?.endsWith('here'))
  socket.close()
  await once(socket, 'close')
  expect(await transport.send([lineRecord('away')], never)).toMatchObject({
    kind: 'later',
    why: 'ECONNREFUSED',
  })
  transport.close()
})

describe('over HTTP', () => {
  interface Request {
    readonly url: string
    readonly headers: IncomingHttpHeaders
    readonly body: string
  }

  async function httpServer(answer: () => number) {
    const requests: Request[] = []
    const server = createHttp((request, response) => {
      let body = ''
      request.on('data', (data) => (body += String(data)))
      request.on('end', () => {
        requests.push({ url: request.url ?? '', headers: request.headers, body })
        response.writeHead(answer(), { 'retry-after': '2' }).end('{"secret":"s3cret"}')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  function secretFile(text: string, mode = 0o600): string {
    const folder = mkdtempSync(join(tmpdir(), 'stead-secret-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'token')
    writeFileSync(file, text)
    chmodSync(file, mode)
    return file
  }

  const lokiSink = (url: string, changes: Partial<LokiSink> = {}): LokiSink => ({
    kind: 'loki',
    url,
    labels: {},
    tenant: 'shop',
    metadata: true,
    ...bounds,
    ...access,
    ...changes,
  })

  test('Loki is pushed to as its API has it, and what is tried again is the same', async () => {
    let status = 503
    const { requests, url } = await httpServer(() => status)
    const tokenFile = secretFile('s3cret\n')
    const transport = await sinkTransport(lokiSink(url, { tokenFile, user: 'me' }), {})
    const batch = [lineRecord('one'), lineRecord('one'), lineRecord('two', { severity: 3 })]
    expect(await transport.send(batch, never)).toEqual({
      kind: 'later',
      why: 'HTTP 503',
      after: 2_000,
    })
    status = 204
    expect(await transport.send(batch, never)).toEqual({ kind: 'done' })
    expect(requests[0]?.body).toBe(requests[1]?.body)
    expect(requests[1]).toMatchObject({
      url: '/loki/api/v1/push',
      headers: {
        'content-type': 'application/json',
        'x-scope-orgid': 'shop',
        authorization: `Basic ${Buffer.from('me:s3cret').toString('base64')}`,
      },
    })
    const { streams } = JSON.parse(requests[1]?.body ?? '') as {
      streams: { stream: Record<string, unknown>; values: unknown[][] }[]
    }
    for (const { stream, values } of streams) {
      for (const value of Object.values(stream)) expect(value).toBeTypeOf('string')
      for (const [time, line, metadata] of values) {
        expect(time).toMatch(/^\d{19}$/)
        expect(line).toBeTypeOf('string')
        for (const one of Object.values(metadata as object)) expect(one).toBeTypeOf('string')
      }
    }
    expect(streams.map(({ values }) => values.length)).toEqual([2, 1])
    transport.close()
  })

  test('what is refused for itself is given up, all else is kept', async () => {
    let status = 400
    const { url } = await httpServer(() => status)
    const transport = await sinkTransport(lokiSink(url), {})
    const outcomes: string[] = []
    for (status of [400, 413, 401, 404, 429, 500, 302, 200]) {
      outcomes.push((await transport.send([lineRecord('x')], never)).kind)
    }
    expect(outcomes).toEqual([
      'refused',
      'refused',
      'later',
      'later',
      'later',
      'later',
      'later',
      'done',
    ])
    transport.close()
  })

  test('a server that does not answer is given up after a time', async () => {
    const server = await tcpServer(() => {})
    const sink = lokiSink(`http://127.0.0.1:${portOf(server)}`, { timeout: 200 })
    const transport = await sinkTransport(sink, {})
    expect(await transport.send([lineRecord('x')], never)).toMatchObject({
      kind: 'later',
      why: 'no answer within 200 ms',
    })
    transport.close()
  })

  test('a server whose answers never end holds nobody up for longer than an answer may take', async () => {
    const server = await tcpServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\nx'))
    })
    const sink = lokiSink(`http://127.0.0.1:${portOf(server)}`, { timeout: 200 })
    const transport = await sinkTransport(sink, {})
    for (const word of ['one', 'two']) {
      await until(`${word} is told`, async () => {
        const { kind } = await transport.send([lineRecord(word)], never)
        return kind === 'done'
      })
    }
    transport.close()
  })

  test('a secret is taken from a file of its owner alone or from a variable, and never told', async () => {
    const { requests, url } = await httpServer(() => 204)
    const open = secretFile('s3cret', 0o644)
    const refused = started({
      kind: 'webhook',
      url: `${url}/s3cret?s3cret`,
      ...bounds,
      ...access,
      tokenFile: open,
    })
    refused.push([lineRecord('x')])
    await until('it is down', () => refused.facts().state === 'down')
    expect(refused.facts().trouble).toContain('chmod 600')
    expect(JSON.stringify(refused.facts())).not.toContain('s3cret')
    chmodSync(open, 0o600)
    await until('it is up', () => refused.facts().state === 'up')
    expect(requests.at(-1)?.headers.authorization).toBe('Bearer s3cret')
    const headersFile = secretFile('# theirs\nX-Key: s3cret\n\nx-other: 1\n')
    const sink: LogSink = {
      kind: 'webhook',
      url,
      ...bounds,
      ...access,
      headersFile,
      tokenEnv: 'TOKEN',
    }
    const transport = await sinkTransport(sink, { TOKEN: 'from-env' })
    await transport.send([lineRecord('x')], never)
    expect(requests.at(-1)?.headers).toMatchObject({
      'x-key': 's3cret',
      'x-other': '1',
      authorization: 'Bearer from-env',
      'content-type': 'application/x-ndjson',
    })
    transport.close()
  })
})
