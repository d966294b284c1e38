/** Whoever speaks to the control socket wrongly, slowly, too much, or as somebody else. */
import { chmodSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'
import { run } from './stead.ts'

const SLEEP = ['/bin/sleep', '1000']
const isRoot = process.getuid?.() === 0

test('T06 a request of 100 MB is refused and cut off; the guard grows little and lives on', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  const guard = await room.up()
  const [before] = await room.running('web')
  const { stdout } = await run(
    [
      'sh',
      '-c',
      'head -c 100000000 /dev/zero | curl -sS -o /dev/null -w "%{http_code}" --unix-socket "$0" -X POST --data-binary @- http://stead/v1/apply',
      room.socket(),
    ],
    { cwd: room.directory },
  )
  expect(stdout).toBe('413')
  expect(await room.one('web')).toMatchObject({ pid: before?.pid })
  expect(guard.text()).not.toMatch(/error|INTERNAL/i)
})

test('T06 what is no HTTP, half a request, and a client that reads nothing disturb nobody', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  await room.up()
  const [before] = await room.running('web')
  const garbage = await exchange(room, '\0\u0001\u0002 what is this\r\n\r\n')
  expect(garbage).toMatch(/^HTTP\/1\.1 400|^$/)
  expect(
    await exchange(room, 'POST /v1/stop HTTP/1.1\r\nhost: x\r\ncontent-length: 7\r\n\r\n{"names'),
  ).toMatch(/^HTTP\/1\.1 400/)
  expect(
    await exchange(room, 'GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
  ).toMatch(/^HTTP\/1\.1 404/)
  // Half a header, and nothing more; and one that asks for events and takes none. Those who are slow
  // are cut off at last, which may be before the end.
  const halves = Array.from({ length: 100 }, () => raw(room, 'GET /v1/sta'))
  await until('all are there', () => halves.every(({ readyState }) => readyState === 'open'))
  const deaf = raw(
    room,
    'GET /v1/events?since=0 HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n',
  )
  deaf.pause()
  for (let turn = 0; turn < 5; turn++) {
    expect(await room.stead('restart', 'web')).toMatchObject({ code: 0 })
  }
  const after = await room.one('web')
  expect(after.incarnation).toBe((before?.incarnation ?? 0) + 5)
})

test('T06 600 clients at once are all answered', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  await room.up()
  await room.running('web')
  const answers = await Promise.all(
    Array.from({ length: 600 }, () =>
      exchange(room, 'GET /v1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
    ),
  )
  expect(answers.filter((text) => !text.startsWith('HTTP/1.1 200'))).toEqual([])
})

test.skipIf(!isRoot)(
  'another user is refused, by the directory and by the kernel’s word on who connects',
  async () => {
    const room = openRoom({ web: { command: SLEEP } })
    await room.up()
    const [before] = await room.running('web')
    const socket = room.socket()
    const asNobody = (path: string, method = 'GET') =>
      run(
        [
          ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
          ...['curl', '-sS', '-w', '%{http_code}', '--unix-socket', socket, '-X', method],
          `http://stead${path}`,
        ],
        { cwd: '/' },
      )
    // curl(1): 7 is that it could not connect.
    expect(await asNobody('/v1/status')).toMatchObject({ code: 7 })

    // Opened by mistake, the socket still asks the kernel who it is.
    for (let at = socket; at !== room.directory; at = dirname(at)) chmodSync(at, 0o777)
    chmodSync(room.directory, 0o755)
    for (const [path, method] of [
      ['/v1', 'GET'],
      ['/v1/status', 'GET'],
      ['/v1/stop', 'POST'],
      ['/v1/shutdown', 'POST'],
    ] as const) {
      const { stdout } = await asNobody(path, method)
      expect(stdout).toMatch(/403$/)
      expect(stdout).not.toContain('"pid"')
    }
    expect(await room.one('web')).toMatchObject({ pid: before?.pid, phase: 'running' })
  },
)

test('T07 followers of events get everything that happens, in order and once', async () => {
  const room = openRoom({ web: { command: SLEEP } })
  await room.up()
  await room.running('web')
  const from = (await room.status()).guard.event
  const follower = raw(
    room,
    `GET /v1/events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n`,
  )
  let text = ''
  follower.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  await until('the snapshot has come', () => text.includes('event: snapshot'))
  expect(await room.stead('restart', 'web')).toMatchObject({ code: 0 })
  const goal = (await room.status()).guard.event
  const numbers = (): number[] =>
    [...text.matchAll(/^id: (\d+)\r?$/gm)].map((match) => Number(match[1]))
  await until('all have come', () => numbers().includes(goal))
  const seen = numbers().filter((number) => number > from)
  const first = seen[0] as number
  expect(seen).toEqual(Array.from({ length: goal - first + 1 }, (_, at) => first + at))
})

function raw(room: Room, text: string): Socket {
  const socket = connect(room.socket())
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.write(text)
  return socket
}

/** Sends, ends its own side, and gives all that comes back. */
function exchange(room: Room, text: string): Promise<string> {
  return new Promise((done) => {
    const socket = raw(room, text)
    let answer = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.once('close', () => done(answer))
    socket.end()
  })
}
