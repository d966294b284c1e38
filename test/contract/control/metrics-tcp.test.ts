import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { metricsListener } from '../../../src/cli/compose-metrics.ts'
import { systemTimers } from '../../../src/platform/timers.ts'
import { freePort } from '../../e2e/guard/free-port.ts'
import { fakeGuard } from '../../fakes/guard-api.ts'
import { until } from '../until.ts'
import { readAll } from './room.ts'

async function openListener(token: string | null = null) {
  const directory = mkdtempSync(join(tmpdir(), 'stead-metrics-'))
  const tokenFile = join(directory, 'token')
  if (token !== null) writeFileSync(tokenFile, token, { mode: 0o600 })
  const guard = fakeGuard(2)
  const told: string[] = []
  const listener = metricsListener({
    api: guard,
    timers: systemTimers(),
    tell: (text) => void told.push(text),
  })
  onTestFinished(async () => {
    await listener.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const port = await freePort()
  const spec = { host: '127.0.0.1', port, tokenFile: token === null ? null : tokenFile }
  listener.applied(spec)
  await until('it listens', () => told.some((text) => text.includes('are told')))
  const ask = async (lines: readonly string[], head = 'GET /metrics HTTP/1.1') => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    socket.write([head, 'Connection: close', ...lines, '', ''].join('\r\n'))
    const text = await readAll(socket)
    return { status: Number(text.split(' ', 2)[1]), text }
  }
  return { port, spec, ask, told, listener, guard, tokenFile }
}

describe('metrics over TCP', () => {
  test('are told to whoever asks by an address or as localhost', async () => {
    const { ask, port } = await openListener()
    for (const host of ['127.0.0.1', `127.0.0.1:${port}`, `LOCALHOST:${port}`, '[::1]:9464']) {
      const { status, text } = await ask([`Host: ${host}`])
      expect(status, host).toBe(200)
      expect(text).toContain('stead_service_ready{service="svc-0",id="svc-0"} 1')
    }
    expect((await ask(['Host: localhost'], 'GET /metrics?name=svc-1 HTTP/1.1')).text).not.toContain(
      'service="svc-0",id',
    )
  })

  test.each([
    ['a name that a page of a browser made up', 403, ['Host: evil.example']],
    ['an address as a part of a name', 403, ['Host: 127.0.0.1.evil.example']],
    ['no host', 400, []],
    ['another origin', 403, ['Host: localhost', 'Origin: http://evil.example']],
    ['another method', 405, ['Host: localhost'], 'POST /metrics HTTP/1.1'],
    ['the rest of the control API', 404, ['Host: localhost'], 'GET /v1/status HTTP/1.1'],
    ['a verb', 404, ['Host: localhost'], 'POST /v1/shutdown HTTP/1.1'],
    ['a service that is not there', 404, ['Host: localhost'], 'GET /metrics?name=x HTTP/1.1'],
  ])('are refused to %s', async (_, expected, lines, head?: string) => {
    const { ask, guard } = await openListener()
    const { status, text } = await ask(lines, head)
    expect(status).toBe(expected)
    expect(text).not.toContain('stead_service')
    expect(guard.calls).toEqual([])
  })

  test('with a token are told to who shows it, under any name, and to nobody else', async () => {
    const { ask, tokenFile } = await openListener('a-long-s3cret-of-ours\n')
    const host = 'Host: box.example'
    expect((await ask([host, 'Authorization: Bearer a-long-s3cret-of-ours'])).status).toBe(200)
    for (const shown of [
      'Bearer a-long-s3cret-of-our',
      'Bearer a-long-s3cret-of-ours2',
      'Basic a-long-s3cret-of-ours',
      'Bearer',
      '',
    ]) {
      const { status, text } = await ask([host, `Authorization: ${shown}`])
      expect(status, shown).toBe(401)
      expect(text).toContain('WWW-Authenticate: Bearer')
      expect(text).not.toContain('s3cret')
    }
    expect((await ask([host])).status).toBe(401)
    writeFileSync(tokenFile, 'another-s3cret-of-ours')
    expect((await ask([host, 'Authorization: Bearer a-long-s3cret-of-ours'])).status).toBe(401)
    expect((await ask([host, 'Authorization: Bearer another-s3cret-of-ours'])).status).toBe(200)
    rmSync(tokenFile)
    const gone = await ask([host, 'Authorization: Bearer another-s3cret-of-ours'])
    expect(gone.status).toBe(401)
    expect(gone.text).not.toContain(tokenFile)
  })

  test('follow the configuration: elsewhere, and nowhere', async () => {
    const { ask, spec, listener, told } = await openListener()
    const port = await freePort()
    listener.applied({ ...spec, port })
    await until('it listens elsewhere', () => told.some((text) => text.includes(`:${port}/`)))
    expect(await ask(['Host: localhost'])).toMatchObject({ text: '' })
    listener.applied(null)
    await until('nobody listens', async () => {
      const socket = connect({ host: '127.0.0.1', port })
      const refused = await new Promise((resolve) => {
        socket.once('error', () => resolve(true)).once('connect', () => resolve(false))
      })
      socket.destroy()
      return refused
    })
  })

  test('wait for a port that is taken, and disturb nobody meanwhile', async () => {
    const { spec, told } = await openListener()
    const second = metricsListener({
      api: fakeGuard(1),
      timers: systemTimers(),
      tell: (text) => void told.push(text),
    })
    second.applied(spec)
    await until('it has told', () => told.some((text) => text.includes('EADDRINUSE')))
    await second.close()
  })

  test('are told to many who come at once, and to one who comes again and again', async () => {
    const { ask } = await openListener()
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ask(['Host: localhost']).then(({ status }) => status)),
    )
    expect(answers.every((status) => status === 200)).toBe(true)
    for (let turn = 0; turn < 200; turn += 1) {
      expect((await ask(['Host: localhost'])).status).toBe(200)
    }
  })
})
