/** Who is told of events: webhooks and programs, also when guards are killed and servers are away. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { GuardEvent } from '../../../src/model/guard-event.ts'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { openRoom, type Room } from './room.ts'

const listener = join(import.meta.dirname, '../../fixtures/programs/event-listener.py')
const SLEEP = ['/bin/sleep', '1000']

interface Told {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server of webhooks that checks what it gets. */
async function hookServer(port = 0) {
  const told: Told[] = []
  let status = 200
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => (body += String(data)))
    request.on('end', () => {
      expect(request.headers['content-type']).toBe('application/json')
      if (status === 200) told.push({ headers: request.headers, body })
      response.writeHead(status).end()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  const { port: open } = server.address() as AddressInfo
  return {
    told,
    port: open,
    url: `http://127.0.0.1:${open}/hook`,
    answer: (next: number) => {
      status = next
    },
    close,
  }
}

const numbersOf = (told: readonly Told[]): number[] =>
  told.map(({ headers }) => Number(headers['stead-event']))

/** All numbers of events so far, of one type. */
async function numbers(room: Room, type: GuardEvent['type']): Promise<number[]> {
  return (await room.events()).filter((one) => one.type === type).map(({ number }) => number)
}

test('a webhook gets each event in order, signed, and what it asked for alone', async () => {
  const all = await hookServer()
  const some = await hookServer()
  const room = openRoom({ api: { command: SLEEP }, web: { command: SLEEP } })
  writeFileSync(join(room.directory, 'key'), 's3cret\n', { mode: 0o600 })
  const services = { api: { command: SLEEP }, web: { command: SLEEP } }
  const events = {
    webhooks: [
      { url: all.url, name: 'all', secretFile: './key' },
      { url: some.url, name: 'some', services: ['a*'], kinds: ['phase'] },
    ],
  }
  room.write(services, { events })
  await room.up()
  await room.running('api', 'web')
  expect((await room.stead('restart', 'api')).code).toBe(0)
  const newest = (await room.events()).at(-1)?.number as number
  await until('all are told', () => numbersOf(all.told).at(-1) === newest)
  expect(numbersOf(all.told)).toEqual(Array.from({ length: newest }, (_, index) => index + 1))
  for (const { headers, body } of all.told) {
    const digest = createHmac('sha256', 's3cret').update(body).digest('hex')
    expect(headers['stead-signature']).toBe(`sha256=${digest}`)
    const event = JSON.parse(body) as GuardEvent
    expect([event.number, event.type]).toEqual([
      Number(headers['stead-event']),
      headers['stead-event-type'],
    ])
  }
  const last = (await numbers(room, 'phase')).at(-1) as number
  await until('the other is told', () => numbersOf(some.told).at(-1) === last)
  const kinds = some.told.map(({ body }) => JSON.parse(body) as { type: string; id: string })
  expect(new Set(kinds.map(({ type, id }) => `${type} ${id}`))).toEqual(new Set(['phase api']))
  // A server has an event a moment before the guard has its answer.
  const guard = await until('every answer has come', async () => {
    const { guard: now } = await room.status()
    return now.outlets?.every(({ behind }) => behind === 0) && now
  })
  expect(guard.outlets).toMatchObject([
    { outlet: 'webhook all', state: 'up', next: newest + 1, behind: 0, lost: 0 },
    { outlet: 'webhook some', state: 'up' },
  ])
  expect(JSON.stringify(guard)).not.toContain('s3cret')
})

test('no event is lost when the guard is killed while a webhook is down', async () => {
  const server = await hookServer()
  const events = { webhooks: [{ url: server.url, name: 'hook' }] }
  const room = openRoom({ api: { command: SLEEP } }, { events })
  let guard = await room.up()
  await room.running('api')
  await until('it is told', () => server.told.length > 3)
  for (let kill = 0; kill < 3; kill += 1) {
    server.answer(kill === 1 ? 200 : 503)
    void room.stead('restart', 'api')
    await room.waitFor('api', 'its next life', ({ incarnation }) => incarnation > kill + 1)
    await guard.kill()
    await guard.ended
    guard = await room.up()
    await room.running('api')
  }
  server.answer(200)
  const newest = await until('all are told', async () => {
    const last = (await room.events()).at(-1)?.number
    return numbersOf(server.told).at(-1) === last && last
  })
  const told = numbersOf(server.told)
  expect([...new Set(told)]).toEqual(Array.from({ length: newest }, (_, index) => index + 1))
  // Told twice, if at all, is what was on its way when the guard was killed.
  expect(told.length - new Set(told).size).toBeLessThanOrEqual(3)
})

test('a program is told on its standard input, is started anew, and goes on where it was', async () => {
  const room = openRoom()
  const seen = join(room.directory, 'seen')
  const command = ['python3', listener, seen, '2']
  room.write({ api: { command: SLEEP } }, { events: { listeners: [{ command, name: 'mine' }] } })
  const guard = await room.up()
  await room.running('api')
  // The listener writes while it is read.
  const read = (): number[] =>
    wholeLines(seen).map((line) => (JSON.parse(line) as GuardEvent).number)
  const newest = (await numbers(room, 'phase')).at(-1) as number
  await until('all are told', () => read().includes(newest))
  const told = read()
  expect([...new Set(told)]).toEqual(
    Array.from({ length: Math.max(...told) }, (_, index) => index + 1),
  )
  // Each second one was taken and not answered: it came again.
  expect(told.slice(0, 4)).toEqual([1, 2, 2, 3])
  await until('its words and its end are in its log', () =>
    /listening to .*\n.*exit code 3/.test(room.log('listener-mine')),
  )
  expect((await room.stead('down')).code).toBe(0)
  await guard.ended
  room.expectNothingLeft()
})

test('who is told is changed in place, and a new one is told from then on', async () => {
  const [first, second] = [await hookServer(), await hookServer()]
  const services = { api: { command: SLEEP } }
  const hooks = (...urls: string[]) => ({
    events: { webhooks: urls.map((url, index) => ({ url, name: `hook${index}` })) },
  })
  const room = openRoom(services, hooks(first.url))
  await room.up()
  await room.running('api')
  const before = await room.one('api')
  await until('the first is told', () => first.told.length > 2)
  const since = (await room.events()).at(-1)?.number as number
  room.write(services, hooks(first.url, second.url))
  expect((await room.stead('apply')).code).toBe(0)
  await until('there are two', async () => (await room.status()).guard.outlets?.length === 2)
  await room.stead('stop', 'api')
  await until('both are told', () =>
    [first, second].every(({ told }) => told.some(({ body }) => body.includes('"to":"stopped"'))),
  )
  expect(numbersOf(second.told)[0]).toBeGreaterThan(since)
  room.write(services)
  expect((await room.stead('apply')).code).toBe(0)
  await until('there is none', async () => (await room.status()).guard.outlets === undefined)
  expect((await room.one('api')).incarnation).toBe(before.incarnation)
})
