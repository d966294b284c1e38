import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../test/e2e/guard/free-port.ts'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import type { SocketAddress, SocketSpec } from '../../model/socket-spec.ts'
import { listenSockets } from './listen-sockets.ts'

const isRoot = process.geteuid?.() === 0
const tcp = (port: number, host = '127.0.0.1'): SocketSpec => ({
  name: 'http',
  address: { kind: 'tcp', host, port },
  backlog: 16,
})
const unix = (path: string, more: object = {}): SocketSpec => ({
  name: 'admin',
  address: { kind: 'unix', path, mode: 0o660, owner: null, group: null, ...more },
  backlog: 16,
})

/** Whether somebody listens there. */
function accepts(address: SocketAddress): Promise<boolean> {
  return new Promise((done) => {
    const there =
      address.kind === 'unix'
        ? { path: address.path }
        : { host: address.host === '::' ? '127.0.0.1' : address.host, port: address.port }
    const client = connect(there)
    client.once('connect', () => done(true)).once('error', () => done(false))
    client.once('connect', () => client.destroy())
  })
}

describe.skipIf(process.platform !== 'linux')('sockets for programs', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  test('are opened once, take connections before anybody does, and are closed', async () => {
    const sockets = listenSockets()
    const port = await freePort()
    const spec = tcp(port)
    const [first] = sockets.open('api', [spec])
    expect(sockets.open('api', [spec])).toEqual([first])
    expect(fstatSync(first?.fd as number).isSocket()).toBe(true)
    expect(await accepts(spec.address)).toBe(true)
    sockets.close('api')
    expect(await accepts(spec.address)).toBe(false)
  })

  test.each(['::', '::1', '0.0.0.0', '127.0.0.1'])('listen on %s', async (host) => {
    const sockets = listenSockets()
    const spec = tcp(await freePort(), host)
    sockets.open('api', [spec])
    expect(await accepts(spec.address)).toBe(true)
    sockets.close('api')
  })

  test('keep what stays the same when others come and go', async () => {
    const sockets = listenSockets()
    const [a, b] = [tcp(await freePort()), tcp(await freePort())]
    const [first] = sockets.open('api', [a])
    const two = sockets.open('api', [b, { ...a, name: 'old' }])
    expect(two[1]).toEqual({ name: 'old', fd: first?.fd })
    sockets.open('api', [b])
    expect([await accepts(a.address), await accepts(b.address)]).toEqual([false, true])
    sockets.close('api')
  })

  test('by path have their mode, replace a stale one, and go at the end', async () => {
    const path = join(temporaryDirectory('sockets'), 'admin.sock')
    const sockets = listenSockets()
    sockets.open('api', [unix(path)])
    expect(statSync(path).mode & 0o777).toBe(0o660)
    const later = listenSockets()
    later.open('api', [unix(path, { mode: 0o600 })])
    expect(await accepts(unix(path).address)).toBe(true)
    later.close('api')
    expect(existsSync(path)).toBe(false)
  })

  test.skipIf(!isRoot)('by path have their owner', () => {
    const path = join(temporaryDirectory('sockets'), 'admin.sock')
    const sockets = listenSockets()
    sockets.open('api', [unix(path, { owner: 'nobody', group: 'daemon' })])
    expect(statSync(path)).toMatchObject({ uid: 65_534, gid: 1 })
    sockets.close('api')
    const unknown = unix(path, { owner: 'no-such-user' })
    expect(() => sockets.open('api', [unknown])).toThrow('user no-such-user')
  })

  test('that cannot be opened say which and why, and nothing is left open', async () => {
    const sockets = listenSockets()
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => server.once('listening', done))
    const { port } = server.address() as { port: number }
    const good = tcp(await freePort())
    expect(() => sockets.open('api', [good, tcp(port)])).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', message: expect.stringContaining(`${port}`) }),
    )
    expect(await accepts(good.address)).toBe(false)
    server.close()
    const file = join(temporaryDirectory('sockets'), 'file')
    writeFileSync(file, 'mine')
    expect(() => sockets.open('api', [unix(file)])).toThrow('EADDRINUSE')
    expect(() => sockets.open('api', [unix(`/${'x'.repeat(120)}`)])).toThrow('too long')
  })

  test('T02 are taken from a program of a guard that died, with what waits in them', async () => {
    const old = listenSockets()
    const [spec, file] = [tcp(await freePort()), unix(join(temporaryDirectory('s'), 'a.sock'))]
    const fds = old.open('api', [spec, file]).map(({ fd }) => fd)
    const child = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', ...fds] })
    children.push(child)
    for (const fd of fds) closeSync(fd)
    const sockets = listenSockets()
    sockets.take('api', [spec, file], child.pid as number)
    const taken = sockets.open('api', [spec, file])
    expect(taken.map(({ name }) => name)).toEqual(['http', 'admin'])
    child.kill('SIGKILL')
    await new Promise((done) => child.once('exit', done))
    expect([await accepts(spec.address), await accepts(file.address)]).toEqual([true, true])
    sockets.close('api')
    expect(await accepts(spec.address)).toBe(false)
  })

  test('T02 that cannot be taken share their port with the program that has them', async () => {
    const old = listenSockets()
    const spec = tcp(await freePort())
    old.open('api', [spec])
    const sockets = listenSockets()
    expect(() => sockets.open('api', [spec])).toThrow('EADDRINUSE')
    // A process that has no such socket.
    const child = spawn('sleep', ['1000'])
    children.push(child)
    sockets.take('api', [spec], child.pid as number)
    expect(sockets.open('api', [spec])).toHaveLength(1)
    old.close('api')
    expect(await accepts(spec.address)).toBe(true)
    sockets.close('api')
  })
})
