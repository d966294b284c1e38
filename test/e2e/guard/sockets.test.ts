/** Sockets that the guard opens: nothing that connects notices a restart, or the death of the guard. */
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { freePort } from './free-port.ts'
import { startProcess } from './guard-process.ts'
import { openRoom } from './room.ts'
import { PROGRAMS, PYTHON, run } from './stead.ts'

const SERVES = [process.execPath, `${PROGRAMS}/serves-given-socket.mjs`]
/** On a connection of its own: one that is kept may be ended by a server that ends, as nobody asks. */
async function get(port: number): Promise<string> {
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, agent: false, timeout: 45_000 }, done)
    asked.once('timeout', () => asked.destroy(new Error('no answer'))).once('error', fail)
    asked.end()
  })
  return text(answer)
}

test('a rolling restart under wrk fails no request, and both instances are new', async () => {
  const port = await freePort()
  const room = openRoom({
    web: {
      command: SERVES,
      instances: 2,
      sockets: { http: { tcp: `127.0.0.1:${port}` } },
      ready: { log: '^listening' },
    },
  })
  await room.up()
  const before = await room.running('web@1', 'web@2')
  const address = `http://127.0.0.1:${port}/`
  // Until it is interrupted. An answer that takes long on a busy machine is none that failed.
  const load = startProcess(['wrk', '-t2', '-c32', '-d1h', '--timeout', '60s', address], {
    cwd: room.directory,
  })
  for (let turn = 0; turn < 3; turn += 1)
    expect(await room.stead('restart', 'web', '--rolling')).toMatchObject({ code: 0 })
  load.signal('SIGINT')
  expect((await load.ended).code).toBe(0)
  expect(load.text()).not.toMatch(/Socket errors|Non-2xx/)
  expect(Number(/(\d+) requests in/.exec(load.text())?.[1])).toBeGreaterThan(300)
  const after = await room.running('web@1', 'web@2')
  for (const [index, { pid }] of after.entries()) expect(pid).not.toBe(before[index]?.pid)
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('a restart of the only instance lets those wait who connect meanwhile', async () => {
  const port = await freePort()
  const room = openRoom({
    web: { command: SERVES, sockets: { http: { tcp: port } }, ready: { log: '^listening' } },
  })
  await room.up()
  const [web] = await room.running('web')
  expect(await get(port)).toBe(`http ${web?.pid}\n`)
  const restarted = room.stead('restart', 'web')
  let isDone = false
  void restarted.then(() => {
    isDone = true
  })
  const answers = new Set<string>()
  while (!isDone) answers.add(await get(port))
  answers.add(await get(port))
  expect(answers.size).toBe(2)
  await room.stead('stop', 'web')
  await expect(get(port)).rejects.toThrow('ECONNREFUSED')
})

test('T02 the guard is killed: the next one has the socket, and a restart loses nothing', async () => {
  const port = await freePort()
  const room = openRoom({
    web: { command: SERVES, sockets: { http: { tcp: port } }, ready: { log: '^listening' } },
  })
  const first = await room.up()
  const [web] = await room.running('web')
  await first.kill()
  expect(await get(port)).toBe(`http ${web?.pid}\n`)
  await room.up()
  await room.running('web')
  const restarted = room.stead('restart', 'web')
  let isDone = false
  void restarted.then(() => {
    isDone = true
  })
  const answers = new Set<string>()
  while (!isDone) answers.add(await get(port))
  answers.add(await get(port))
  expect(answers.size).toBe(2)
})

test('a unix socket and a port for datagrams, by name', async () => {
  const port = await freePort()
  const room = openRoom()
  const program = `import os,socket
assert os.environ["LISTEN_PID"] == str(os.getpid())
names = os.environ["LISTEN_FDNAMES"].split(":")
stream, datagram = (socket.socket(fileno=3 + names.index(n)) for n in ("admin", "dns"))
print("listening", flush=True)
data, sender = datagram.recvfrom(100)
datagram.sendto(data.upper(), sender)
connection, _ = stream.accept()
connection.sendall(b"hello")
connection.close()
`
  room.write({
    both: {
      command: [PYTHON, '-c', program],
      sockets: {
        admin: { unix: './admin.sock', mode: '0600' },
        dns: { udp: `127.0.0.1:${port}` },
      },
      ready: { log: '^listening' },
      restart: { when: 'no' },
      startSeconds: 0,
    },
  })
  await room.up()
  await room.running('both')
  const client = `import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(45)
u.sendto(b"word", ("127.0.0.1", ${port})); print(u.recv(100).decode())
s = socket.socket(socket.AF_UNIX); s.settimeout(45); s.connect("admin.sock"); print(s.recv(100).decode())`
  const asked = await run([PYTHON, '-c', client], { cwd: room.directory })
  expect(asked.stdout).toBe('WORD\nhello\n')
  await until('it has ended', async () => (await room.one('both')).phase === 'exited')
})
