import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { processEntry } from '../posix/spawn/proc-table.ts'
import { probes } from './probes.ts'

const { http, tcp, exec, file, dns } = probes()
const options = (timeout = 5_000) => ({ timeout, signal: new AbortController().signal })
const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

async function listening(server: Server, where: object = { host: '127.0.0.1', port: 0 }) {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(where, resolve))
  return (server.address() as AddressInfo).port
}

/** What a server says that speaks no more than that. */
async function saying(answer: (socket: Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer((socket) => answer(socket.resume())))}/`
}

describe('a probe by HTTP', () => {
  const answering = async (answer: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await listening(createHttp(answer))}/healthz?x=1`

  test.each([
    [200, true, '200 OK'],
    [204, true, '204 No Content'],
    [302, true, '302 Found'],
    [404, false, '404 Not Found'],
    [500, false, '500 Internal Server Error'],
  ])('%i', async (status, ok, detail) => {
    const asked: unknown[] = []
    const url = await answering((request, response) => {
      asked.push([request.method, request.url, request.headers.connection])
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    expect(await http(url, options())).toMatchObject({ ok, detail })
    expect(asked).toEqual([['GET', '/healthz?x=1', 'close']])
  })

  test('an endless body is not waited for, and its connection is closed', async () => {
    const url = await answering((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    expect(await http(url, options())).toMatchObject({ ok: true })
    await until('the connection is closed', () => sockets.size === 0)
  })

  test('a server that says nothing, or its head drop by drop, is too late', async () => {
    const silent = await saying(() => {})
    expect(await http(silent, options(50))).toMatchObject({
      ok: false,
      detail: 'no answer within 50 ms',
    })
    const slow = await saying((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 200 OK\r\nx: y\r\n'.slice(0, 1)), 10)
      socket.on('close', () => clearInterval(timer))
    })
    expect((await http(slow, options(50))).ok).toBe(false)
    await until('both connections are closed', () => sockets.size === 0)
  })

  test('a reset, another protocol, a head without end and nobody there are told by name', async () => {
    const resets = await saying((socket) => void socket.resetAndDestroy())
    expect(await http(resets, options())).toMatchObject({ ok: false, detail: 'ECONNRESET' })
    const other = await saying((socket) => void socket.end('220 mail ESMTP\r\n'))
    expect((await http(other, options())).detail).toMatch(/^HPE_/)
    const large = await saying((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`)
    })
    expect((await http(large, options())).detail).toBe('HPE_HEADER_OVERFLOW')
    const port = await listening(createServer())
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const nobody = await http(`http://127.0.0.1:${port}/`, options())
    expect(nobody).toMatchObject({ ok: false, detail: 'ECONNREFUSED' })
  })

  test('TLS where there is none, and an address that is none', async () => {
    const url = await answering((_, response) => response.end())
    expect((await http(url.replace('http:', 'https:'), options())).ok).toBe(false)
    expect(await http('not an address', options())).toMatchObject({ detail: 'ERR_INVALID_URL' })
  })

  test('a unix socket and IPv6', async () => {
    const socketPath = join(temporaryDirectory('probe'), 'web.sock')
    const asked: unknown[] = []
    const answer: RequestListener = (request, response) => {
      asked.push(request.url)
      response.end()
    }
    await listening(createHttp(answer), { path: socketPath })
    expect((await http(`http://unix:${socketPath}:/healthz`, options())).ok).toBe(true)
    expect((await http(`http://unix:${socketPath}:`, options())).ok).toBe(true)
    const port = await listening(createHttp(answer), { host: '::1', port: 0 })
    expect((await http(`http://[::1]:${port}/six`, options())).ok).toBe(true)
    expect(asked).toEqual(['/healthz', '/', '/six'])
  })

  test('L10 is ended by its signal', async () => {
    const abort = new AbortController()
    const probe = http(await saying(() => {}), { timeout: 60_000, signal: abort.signal })
    await until('it is connected', () => sockets.size === 1)
    abort.abort()
    expect((await probe).ok).toBe(false)
    await until('the connection is closed', () => sockets.size === 0)
    expect((await http('http://127.0.0.1:1/', { timeout: 1, signal: abort.signal })).ok).toBe(false)
  })
})

describe('a probe by TCP', () => {
  test('is good where it is accepted', async () => {
    const port = await listening(createServer())
    expect(await tcp('127.0.0.1', port, options())).toMatchObject({ ok: true, detail: 'connected' })
    await new Promise((resolve) => servers.pop()?.close(resolve))
    expect(await tcp('127.0.0.1', port, options())).toMatchObject({
      ok: false,
      detail: 'ECONNREFUSED',
    })
    expect((await tcp('127.0.0.1', 70_000, options())).detail).toBe('ERR_SOCKET_BAD_PORT')
  })
})

describe.skipIf(process.platform === 'win32')('a probe by command', () => {
  const run = (script: string, timeout?: number) =>
    exec(['sh', '-c', script], {
      ...options(timeout),
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/bin', WORD: 'hello' },
      user: null,
      group: null,
      supplementaryGroups: null,
    })

  test('is good with exit code 0; its last line is told', async () => {
    expect(await run('exit 0')).toMatchObject({ ok: true, detail: 'exit code 0' })
    expect(await run('echo one; echo "$WORD $PWD"')).toMatchObject({
      ok: true,
      detail: 'exit code 0: hello /',
    })
    expect(await run('echo broken >&2; exit 3')).toMatchObject({
      ok: false,
      detail: 'exit code 3: broken',
    })
    expect(await run('kill -TERM $$')).toMatchObject({ ok: false, detail: 'ended by SIGTERM' })
  })

  test('one that is not there', async () => {
    const outcome = await exec(['/nowhere/x'], {
      ...options(),
      cwd: '/',
      env: {},
      user: null,
      group: null,
      supplementaryGroups: null,
    })
    expect(outcome).toMatchObject({ ok: false, detail: 'ENOENT' })
  })

  const isRoot = process.geteuid?.() === 0
  test.skipIf(!isRoot)('runs as its user, with all groups that are declared', async () => {
    const whom = { user: 'nobody', group: 'daemon', supplementaryGroups: ['sys', '7'] }
    const ask = (more: object) =>
      exec(['sh', '-c', 'id -u; id -G | xargs'], {
        ...options(),
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
        ...whom,
        ...more,
      })
    expect(await ask({})).toMatchObject({ ok: true, detail: 'exit code 0: 1 3 7' })
    const unknown = await ask({ user: 'no-such-user' })
    expect(unknown).toMatchObject({ ok: false })
    expect(unknown.detail).toContain('user no-such-user: ENOENT')
  })

  test('after its time nothing of it is left, however much it wrote', async () => {
    const file = join(temporaryDirectory('probe'), 'pid')
    let time = 150
    // Where there is much to do a program may be ended before it has a child: then it gets more time.
    const pid = (await until('it had a child', async () => {
      time *= 2
      const outcome = await run(`echo >${file}; sleep 60 & echo $! >${file}; yes`, time)
      expect(outcome).toMatchObject({ ok: false, detail: `no answer within ${time} ms` })
      return existsSync(file) && Number(readFileSync(file, 'utf8'))
    })) as number
    await until('its child is gone', () => isGone(pid))
  })
})

describe('a probe of a file', () => {
  test('is good for whatever has the path', async () => {
    const directory = temporaryDirectory('probe')
    expect(await file(directory, options())).toMatchObject({ ok: true, detail: 'there' })
    expect(await file('/dev/null', options())).toMatchObject({ ok: true })
    symlinkSync('/nowhere', join(directory, 'link'))
    const broken = await file(join(directory, 'link'), options())
    expect(broken).toMatchObject({ ok: false, detail: 'ENOENT' })
  })
})

describe('a probe of a name', () => {
  test('is good where it has an address', async () => {
    const found = await dns('localhost', options())
    expect(found).toMatchObject({ ok: true, detail: expect.stringMatching(/^(127|::1)/) })
  })
  test('tells why it has none', async () => {
    const { ok, detail } = await dns('nobody.invalid', options(10_000))
    expect(ok).toBe(false)
    expect(detail).toMatch(/^(ENOTFOUND|EAI_AGAIN|no answer)/)
  })
})

function isGone(pid: number): boolean {
  return processEntry(pid)?.zombie ?? true
}
