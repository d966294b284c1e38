import { spawnSync } from 'node:child_process'
import { appendFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectControl } from '../../../src/cli/compose-control.ts'
import { until } from '../until.ts'
import { openRoom } from './room.ts'

const self = {
  uid: process.geteuid?.() ?? null,
  gid: process.getegid?.() ?? null,
  groups: expect.any(Array),
  pid: process.pid,
}

describe('the client and the server', () => {
  test('tell facts, status and detail as the guard does', async () => {
    await using room = await openRoom()
    const { client, guard } = room
    expect(await client.facts()).toEqual(guard.facts())
    expect(await client.status()).toEqual(guard.status({ names: [] }))
    expect(await client.status({ names: ['svc-1'], labels: { tier: 'a=b &c' } })).toEqual(
      guard.status({ names: ['svc-1'] }),
    )
    expect(await client.detail('svc-2')).toEqual(await guard.detail('svc-2'))
    expect(await client.usage({ names: ['svc-1'] })).toEqual(
      await guard.usage({ names: ['svc-1'] }),
    )
    expect(await client.groups()).toEqual(guard.groups())
    expect(await client.history({ names: ['svc-0'] })).toEqual(guard.history({ names: ['svc-0'] }))
  })

  test('carry verbs with their selection and who asks', async () => {
    await using room = await openRoom()
    const { client, guard } = room
    const selection = { names: ['svc-0'], labels: { tier: 'front' } }
    const [result] = await client.act('restart', selection, { wait: false, rolling: true })
    expect(result).toMatchObject({ id: 'svc-0', done: true, error: null })
    await client.signal(selection, 'SIGUSR1', 'tree')
    await client.scale('svc-1', 4)
    const text = 'services:\n  ä: "Ω\u0000"\n'
    expect(await client.apply({ text, dryRun: true })).toEqual([
      { service: 'svc-0', action: 'restart', settings: ['env'] },
    ])
    const request = { set: { logLevel: 'debug' }, reset: [], for: null }
    const set = await client.setParameters('svc-1', request)
    expect(set.changes).toMatchObject([{ name: 'logLevel', old: 'info', value: 'debug' }])
    expect(await client.parameters('svc-1')).toEqual(guard.parameters('svc-1'))
    await client.beat('svc-2')
    await client.shutdown({ keep: true })
    expect(guard.calls).toEqual([
      { name: 'act', args: ['restart', selection, self, { wait: false, rolling: true }] },
      { name: 'signal', args: [selection, 'SIGUSR1', 'tree'] },
      { name: 'scale', args: ['svc-1', 4, self] },
      { name: 'apply', args: [{ text, dryRun: true, trial: null }, self] },
      { name: 'setParameters', args: ['svc-1', request, self] },
      { name: 'beat', args: ['svc-2', self] },
      { name: 'shutdown', args: [{ keep: true }, self] },
    ])
  })

  test('give errors back with their code, message, hint and exit code', async () => {
    await using room = await openRoom()
    const error = await room.client.detail('nobody').catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'NOT_INSTALLED',
      message: 'the guard of test has no service "nobody"',
      hint: 'see which there are: stead list',
      exit: 5,
    })
    await expect(room.client.scale('svc-0', -1)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    await expect(room.client.events(1.5)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  test('a client whose guard is gone is told so, whatever it asks', async () => {
    await using room = await openRoom()
    const { client } = room
    await client.facts()
    const { events } = await client.events()
    const reading = (async () => {
      for await (const event of events) expect(event).toBe('nothing')
    })()
    await room.server.close()
    await reading
    for (const ask of [() => client.facts(), () => client.events(), () => client.beat('svc-0')]) {
      await expect(ask()).rejects.toMatchObject({ code: 'GUARD_UNREACHABLE', exit: 1 })
    }
  })

  test('an answer that waits reaches its client although the server is being closed', async () => {
    await using room = await openRoom()
    const { promise, resolve } = Promise.withResolvers<void>()
    room.guard.patience = promise
    const asked = room.client.act('stop', { names: [] })
    await until('the verb has begun', () => room.guard.calls.length === 1)
    const closed = room.server.close()
    resolve()
    expect(await asked).toHaveLength(3)
    await closed
  })
})

describe('plain HTTP', () => {
  const get = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
  const post = (path: string, body: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

  test.each([
    [404, get('/')],
    [404, get('/v2')],
    [404, get('/v1/nothing')],
    [404, get('/v1/services/svc-0/nothing')],
    [404, get('/v1/services/svc-0/logs/more')],
    [404, get('/v1/services/nobody')],
    [400, get('/v1/services/%zz')],
    [405, post('/v1/status/', '').replace('/status/', '/services/svc-0')],
    [405, get('/v1/stop')],
    [400, get('/v1/status?label=novalue')],
    [400, get('/v1/events?since=-1')],
    [400, get('/v1/events?limit=100000')],
    [400, get('/v1/services/svc-0/logs?lines=many')],
    [400, get('/v1/services/svc-0/logs?since=yesterday')],
    [400, post('/v1/explode', '')],
    [400, post('/v1/stop', '{')],
    [400, post('/v1/stop', '[]')],
    [400, post('/v1/stop', 'null')],
    [400, post('/v1/stop', '{"names":"svc-0"}')],
    [400, post('/v1/stop', '{"names":[1]}')],
    [400, post('/v1/stop', '{"labels":["a"]}')],
    [400, post('/v1/stop', '{"labels":{"a":1}}')],
    [400, post('/v1/stop', '{"wait":"no"}')],
    [400, post('/v1/stop', '{"nmaes":[]}')],
    [400, post('/v1/services/svc-0/stop', '{"names":["svc-1"]}')],
    [400, post('/v1/signal', '{}')],
    [400, post('/v1/signal', '{"signal":"SIGHUP","to":"all"}')],
    [400, post('/v1/scale', '{"service":"svc-0","instances":1.5}')],
    [400, post('/v1/scale', '{"instances":1}')],
    [400, post('/v1/apply', '{"text":5}')],
    [400, post('/v1/shutdown', '{"keep":1}')],
    [400, post('/v1/services/svc-0/beat', '{"x":1}')],
  ])('is answered with %i and an error in words: %j', async (status, request) => {
    await using room = await openRoom()
    const answer = await room.exchange(request)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    const { error } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as {
      error: Record<string, string>
    }
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint'])
    expect(room.guard.calls).toEqual([])
  })

  test.each([
    ['an empty body', ''],
    ['an empty object', '{}'],
  ])('a heartbeat is %s', async (_, body) => {
    await using room = await openRoom()
    const answer = await room.exchange(post('/v1/services/svc-1/beat', body))
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n\{\}$/)
    expect(room.guard.calls).toEqual([{ name: 'beat', args: ['svc-1', self] }])
  })

  test('curl gets a status', async ({ skip }) => {
    if (spawnSync('curl', ['--version']).status !== 0) skip('no curl')
    await using room = await openRoom()
    const { spawn } = await import('node:child_process')
    const curl = spawn('curl', ['-sS', '--unix-socket', room.socket, 'http://stead/v1/status'])
    let text = ''
    for await (const part of curl.stdout) text += String(part)
    expect(JSON.parse(text)).toEqual(room.guard.status({ names: [] }))
  })
})

describe('events over the socket', () => {
  test('T07 a subscriber gets a snapshot and then every event once, and goes on where it left', async () => {
    await using room = await openRoom()
    const { guard, client } = room
    const say = (text: string): void => void guard.log.append({ type: 'guard', text, severity: 6 })
    say('before')
    const { snapshot, events } = await client.events()
    expect(snapshot.number).toBe(1)
    expect(snapshot.services).toHaveLength(3)
    const seen: number[] = []
    for (let index = 0; index < 500; index += 1) say(`event ${index}`)
    for await (const event of events) {
      seen.push('number' in event ? event.number : Number.NaN)
      if (seen.length === 500) say('one more')
      if (seen.length === 501) break
    }
    expect(seen).toEqual(Array.from({ length: 501 }, (_, index) => index + 2))

    const again = room.raw()
    again.write(
      'GET /v1/events HTTP/1.0\r\nAccept: text/event-stream\r\nLast-Event-ID: 500\r\n\r\n',
    )
    let text = ''
    again.on('data', (part) => {
      text += String(part)
    })
    await until('the rest has come', () => text.includes('\nid: 502\n'))
    expect([...text.matchAll(/^event: (.*)$/gm)].map((m) => m[1])).toEqual([
      'snapshot',
      'event',
      'event',
    ])
    expect([...text.matchAll(/^id: (.*)$/gm)].map((m) => m[1])).toEqual(['501', '502'])
  })

  test('a page of past events is JSON', async () => {
    await using room = await openRoom()
    for (const text of 'abcde') room.guard.log.append({ type: 'guard', text, severity: 6 })
    const page = await room.client.pastEvents(2, 3)
    expect(page.map(({ number }) => number)).toEqual([2, 3, 4])
  })

  test('a subscriber that leaves is forgotten', async () => {
    await using room = await openRoom()
    const leaving = new AbortController()
    const { events } = await room.client.events(null, leaving.signal)
    expect(room.server.clients).toBe(1)
    leaving.abort()
    for await (const event of events) expect(event).toBe('nothing')
    await until('the server has seen it', () => room.server.clients === 0)
  })
})

describe('logs over the socket', () => {
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('')

  test('are the newest lines, as plain text too', async () => {
    await using room = await openRoom()
    const path = join(room.directory, 'svc-0.log')
    writeFileSync(path, lines(0, 500))
    room.guard.logPaths.set('svc-0', path)
    const pieces = await Array.fromAsync(room.client.logs('svc-0', { lines: 2 }))
    expect(pieces).toEqual([{ line: 'line 498' }, { line: 'line 499' }])
    expect(await Array.fromAsync(room.client.logs('svc-1'))).toEqual([])
    const plain = await room.exchange('GET /v1/services/svc-0/logs?lines=2 HTTP/1.0\r\n\r\n')
    expect(plain).toMatch(/\r\n\r\nline 498\nline 499\n$/)
  })

  test('begin with a time where one is asked for', async () => {
    await using room = await openRoom()
    const path = join(room.directory, 'svc-0.log')
    const line = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z <6> at ${minute}\n`
    writeFileSync(path, `${line(1)}${line(2)} and more\n${line(3)}`)
    room.guard.logPaths.set('svc-0', path)
    const since = new Date('2026-01-01T00:02:00Z')
    const pieces = await Array.fromAsync(room.client.logs('svc-0', { since }))
    expect(pieces).toHaveLength(3)
  })

  test('are followed, with carriage returns and all', async () => {
    await using room = await openRoom()
    const path = join(room.directory, 'svc-0.log')
    writeFileSync(path, lines(0, 1))
    room.guard.logPaths.set('svc-0', path)
    const leaving = new AbortController()
    const told: string[] = []
    for await (const piece of room.client.logs('svc-0', { follow: true, signal: leaving.signal })) {
      if ('line' in piece) told.push(piece.line)
      if (told.length === 1) appendFileSync(path, 'data: a\rb\u2028c\u0000\n')
      if (told.length === 2) leaving.abort()
    }
    expect(told).toEqual(['line 0', 'data: a\rb\u2028c\u0000'])
  })

  test('O08 a slow reader of a followed log makes nobody wait, fills no memory and is told of a gap', async () => {
    await using room = await openRoom()
    const path = join(room.directory, 'svc-0.log')
    writeFileSync(path, 'first\n')
    room.guard.logPaths.set('svc-0', path)
    const slow = room.raw()
    slow.write('GET /v1/services/svc-0/logs?follow HTTP/1.0\r\n\r\n')
    let tail = ''
    let gap = false
    slow.on('data', (part) => {
      const text = tail + String(part)
      gap ||= text.includes('(lines may be missing here')
      tail = text.slice(-4096)
    })
    await until('it follows', () => tail.endsWith('first\n'))
    slow.pause()
    // Bytes, which are written as they are: a text would be copied each time, and count as memory.
    const block = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(16 * 1024))
    const before = process.memoryUsage().rss
    // Six rotations of 16 MiB each, as a program that writes fast and a log of two files make them.
    for (let turn = 0; turn < 6; turn += 1) {
      appendFileSync(path, `turn ${turn}\n`)
      appendFileSync(path, block)
      renameSync(path, `${path}.1`)
      await room.client.status()
    }
    writeFileSync(path, 'last\n')
    // What was written is 96 MiB.
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    slow.resume()
    await until('it has caught up', () => tail.endsWith('\nlast\n'))
    expect(gap).toBe(true)
  })
})

describe('the socket', () => {
  test('is its user’s alone, and so is its directory', async () => {
    await using room = await openRoom()
    expect(statSync(room.socket).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(room.socket)).mode & 0o777).toBe(0o700)
  })

  test('is not there any more when the server is closed', async () => {
    const room = await openRoom()
    await room[Symbol.asyncDispose]()
    const late = connectControl(room.socket)
    await expect(late.facts()).rejects.toThrow('there is no such socket')
    late.close()
  })
})
