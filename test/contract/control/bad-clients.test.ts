import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectControl, controlServer } from '../../../src/cli/compose-control.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { peerCredentials } from '../../../src/platform/posix/peer-credentials.ts'
import { fakeGuard } from '../../fakes/guard-api.ts'
import { until } from '../until.ts'
import { openRoom, type Room, readAll } from './room.ts'

const GET = 'GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n'
const stillAnswers = async ({ client }: Room): Promise<void> => {
  expect((await client.facts()).project).toBe('test')
}

describe('T06 the socket:', () => {
  test('a stale one is replaced', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-stale-'))
    const socket = join(directory, 'guard.sock')
    try {
      const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
      const holder = spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
      await new Promise((resolve) => holder.once('exit', resolve))
      expect(statSync(socket).isSocket()).toBe(true)
      const server = await controlServer({ api: fakeGuard(), clock: systemClock(), socket })
      const client = connectControl(socket)
      expect((await client.facts()).project).toBe('test')
      client.close()
      await server.close()
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test('a live one is refused, and goes on', async () => {
    await using room = await openRoom()
    const second = controlServer({ api: fakeGuard(), clock: systemClock(), socket: room.socket })
    await expect(second).rejects.toMatchObject({
      code: 'GUARD_RUNNING',
      message: expect.stringContaining(`pid ${process.pid}`),
    })
    await stillAnswers(room)
  })

  test('a path that is too long is refused with a remedy, by server and client', async () => {
    const socket = `/tmp/${'d'.repeat(100)}.sock`
    const serving = controlServer({ api: fakeGuard(), clock: systemClock(), socket })
    await expect(serving).rejects.toMatchObject({
      code: 'SOCKET_PATH_TOO_LONG',
      message: `${socket} cannot be a socket: 110 bytes, and the limit is 107`,
      hint: expect.stringContaining('--home'),
    })
    expect(() => connectControl(socket)).toThrow('110 bytes')
  })

  test('the longest path that the system takes works', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-long-'))
    const socket = `${directory}/${'s'.repeat(107 - directory.length - 1)}`
    const server = await controlServer({ api: fakeGuard(), clock: systemClock(), socket })
    const client = connectControl(socket)
    try {
      expect((await client.facts()).project).toBe('test')
    } finally {
      client.close()
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test('what is no socket is not replaced', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-file-'))
    const socket = join(directory, 'precious')
    writeFileSync(socket, 'precious')
    const serving = controlServer({ api: fakeGuard(), clock: systemClock(), socket })
    await expect(serving).rejects.toMatchObject({ code: 'DIRECTORY_UNSAFE' })
    rmSync(directory, { recursive: true })
  })

  test('a directory that others may write to is refused and left as it is', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-open-'))
    chmodSync(directory, 0o777)
    const socket = join(directory, 'guard.sock')
    const serving = controlServer({ api: fakeGuard(), clock: systemClock(), socket })
    await expect(serving).rejects.toMatchObject({
      code: 'DIRECTORY_UNSAFE',
      message: expect.stringContaining('others may write to it'),
    })
    expect(statSync(directory).mode & 0o777).toBe(0o777)
    rmSync(directory, { recursive: true })
  })

  test.skipIf(process.geteuid?.() !== 0)('a directory of somebody else is refused', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead-foreign-'))
    const { chownSync } = await import('node:fs')
    chownSync(directory, 65_534, 65_534)
    const socket = join(directory, 'guard.sock')
    const serving = controlServer({ api: fakeGuard(), clock: systemClock(), socket })
    await expect(serving).rejects.toMatchObject({
      code: 'DIRECTORY_UNSAFE',
      message: expect.stringContaining('it belongs to uid 65534'),
    })
    rmSync(directory, { recursive: true })
  })
})

describe('T06 who may connect:', () => {
  test('the kernel says who it is', async () => {
    const callers: unknown[] = []
    const allow = (caller: unknown): boolean => callers.push(caller) > 0
    await using room = await openRoom({ allow })
    await stillAnswers(room)
    const [uid, gid] = [process.geteuid?.(), process.getegid?.()]
    expect(callers).toEqual([{ uid, gid, groups: expect.any(Array), pid: process.pid }])
    expect(peerCredentials(1_000_000)).toBe(null)
  })

  test('anybody else gets 403 and a closed connection', async () => {
    await using room = await openRoom({ allow: () => false })
    const answer = await room.exchange(GET + GET)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403'])
    expect(answer).toContain('"code":"RIGHTS"')
    expect(room.guard.calls).toEqual([])
    await expect(room.client.facts()).rejects.toMatchObject({ code: 'RIGHTS', exit: 4 })
  })

  test.skipIf(process.geteuid?.() !== 0)('another user is refused by its uid', async () => {
    await using room = await openRoom()
    // Let in by the file system, so that the kernel's word alone decides.
    chmodSync(room.directory, 0o711)
    chmodSync(join(room.directory, 'run'), 0o711)
    chmodSync(room.socket, 0o666)
    const script = `
      process.setgid(65534); process.setuid(65534)
      const socket = require('net').connect(${JSON.stringify(room.socket)})
      socket.on('error', () => {})
      socket.end(${JSON.stringify(GET)})
      socket.pipe(process.stdout)`
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let answer = ''
    for await (const part of other.stdout) answer += String(part)
    expect(answer).toMatch(/^HTTP\/1.1 403 /)
    await stillAnswers(room)
  })
})

describe('T06 clients that mean no good:', () => {
  test.each([
    ['with its length', 'Content-Length: 104857600'],
    [
      'with its length, waiting to be asked for it',
      'Content-Length: 104857600\r\nExpect: 100-continue',
    ],
    ['in chunks', 'Transfer-Encoding: chunked'],
  ])('a request of 100 MB %s is answered with 413 and not read', async (_, headers) => {
    await using room = await openRoom()
    const socket = room.raw()
    socket.write(`POST /v1/apply HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`)
    const chunk = `${(1024 * 1024).toString(16)}\r\n${'x'.repeat(1024 * 1024)}\r\n`
    let taken = 0
    for (let index = 0; index < 100; index += 1) {
      socket.write(chunk, (error) => {
        if (!error) taken += 1
      })
    }
    const answer = await readAll(socket)
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(answer).toContain('"code":"REQUEST_TOO_LARGE"')
    expect(taken).toBeLessThan(8)
    expect(room.guard.calls).toEqual([])
    await stillAnswers(room)
  })

  test('a body of just 1 MiB is read', async () => {
    await using room = await openRoom()
    const text = '#'.repeat(1024 * 1024 - 12)
    await expect(room.client.apply({ text, dryRun: true })).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    })
    const fits = text.slice(100)
    await room.client.apply({ text: fits, dryRun: true })
    expect(room.guard.calls).toHaveLength(1)
  })

  test('headers of more than 16 KiB are refused', async () => {
    await using room = await openRoom()
    const answer = await room.exchange(
      `GET /v1 HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
    await stillAnswers(room)
  })

  test.each([
    'garbage\r\n\r\n',
    '\u0000\u0001\u0002\u0003\r\n\r\n',
    'GET /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'GET /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET /v1 HTTP/1.1\r\nBad Header: x\r\n\r\n',
    'GET /v1 HTTP/9.9\r\n\r\n',
    'GET /v1 HTTP/1.1\r\n\r\n',
  ])('malformed HTTP is answered with 400: %j', async (request) => {
    await using room = await openRoom()
    expect(await room.exchange(request)).toMatch(/^HTTP\/1.1 400 /)
    await stillAnswers(room)
  })

  test.each([
    ['headers byte by byte', 'GET /v1 HTTP/1.1\r\nX: '],
    ['a body byte by byte', 'POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{'],
    ['a second request byte by byte', `${GET}GET /v1 HTTP/1.1\r\nX: `],
  ])('one that sends %s is cut off', async (_, begin) => {
    await using room = await openRoom({ limits: { request: 300 } })
    const socket = room.raw()
    socket.write(begin)
    const dripping = setInterval(() => socket.write('y'), 20)
    const answer = await readAll(socket)
    clearInterval(dripping)
    expect(answer).toMatch(/HTTP\/1.1 408 /)
    expect(room.guard.calls).toEqual([])
    await stillAnswers(room)
  })

  test('one that connects and says nothing is cut off; one that has work to wait for is not', async () => {
    await using room = await openRoom({ limits: { idle: 1_000, request: 1_000, unread: 1_000 } })
    const { promise, resolve } = Promise.withResolvers<void>()
    room.guard.patience = promise
    const working = room.client.act('stop', { names: [] })
    const { events } = await room.client.events()
    expect(await readAll(room.raw())).toBe('')
    room.guard.log.append({ type: 'guard', text: 'still there', severity: 6 })
    for await (const event of events) {
      expect(event).toMatchObject({ text: 'still there' })
      break
    }
    resolve()
    expect(await working).toHaveLength(3)
  })

  test('one that has shut its side down still gets its answer', async () => {
    await using room = await openRoom()
    const socket = room.raw()
    socket.end(GET)
    expect(await readAll(socket)).toMatch(/^HTTP\/1.1 200 /)
    await until('it is gone', () => room.server.clients === 0)
  })

  test('one that sends requests and reads nothing is bounded and cut off', async () => {
    await using room = await openRoom({ services: 200, limits: { unread: 300 } })
    const socket = room.raw()
    socket.pause()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const before = process.memoryUsage().rss
    for (let index = 0; index < 2_000; index += 1) socket.write(GET)
    // The writer finds out only by writing.
    const asking = setInterval(() => socket.write(GET), 50)
    await until('the server has cut it off', () => room.server.clients === 0)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
    await closed
    clearInterval(asking)
    await stillAnswers(room)
  })

  test('T07 one that subscribes to events and reads none is bounded and cut off at last', async () => {
    await using room = await openRoom({ limits: { paused: 1_000 } })
    const socket = room.raw()
    socket.write('GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n')
    await until('it is subscribed', () => room.server.clients === 1)
    await new Promise<void>((resolve) => socket.once('readable', resolve))
    socket.pause()
    const text = 'x'.repeat(1_000)
    for (let turn = 0; turn < 100; turn += 1) {
      for (let index = 0; index < 100; index += 1) {
        room.guard.log.append({ type: 'guard', text, severity: 6 })
      }
      await stillAnswers(room)
    }
    await until('only the client that asks is left', () => room.server.clients === 1)
    await stillAnswers(room)
  })

  test('1,000 at a time are answered, and more than the bound are told so', async () => {
    await using room = await openRoom({ limits: { clients: 1_100 } })
    const sockets: Socket[] = []
    for (let index = 0; index < 1_000; index += 1) sockets.push(room.raw())
    await until('all are connected', () => room.server.clients === 1_000)
    const answers = sockets.map((socket) => {
      socket.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      return readAll(socket)
    })
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 /)
    await until('all are gone', () => room.server.clients === 0)

    const crowd = Array.from({ length: 1_100 }, () => room.raw())
    await until('the bound is reached', () => room.server.clients === 1_100)
    await expect(room.client.facts()).rejects.toMatchObject({ code: 'GUARD_BUSY' })
    for (const socket of crowd) socket.destroy()
    await until('all are gone', () => room.server.clients === 0)
    await stillAnswers(room)
  })

  test('one that leaves in the middle of everything hurts nobody', async () => {
    await using room = await openRoom()
    for (const text of [
      '',
      'GET',
      GET,
      `${GET}GE`,
      GET.replace('status', 'events'),
      'POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{',
    ]) {
      const socket = room.raw()
      await new Promise<void>((resolve) => socket.write(text || '\r\n', () => resolve()))
      socket.destroy()
    }
    await until('all are gone', () => room.server.clients === 0)
    await stillAnswers(room)
  })
})
