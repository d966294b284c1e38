import { execFile } from 'node:child_process'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../test/contract/until.ts'
import { heartbeatForward } from './heartbeat-forward.ts'

let server: Server
let url: string
let received: unknown[]
let waiting: ServerResponse[]
let answer: boolean

beforeEach(async () => {
  received = []
  waiting = []
  answer = true
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      received.push([request.method, request.headers['content-type'], JSON.parse(body)])
      if (answer) response.writeHead(204).end()
      else waiting.push(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/beats`
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
})

const beat = (ts: number) => ['POST', 'application/json', { service: 'api', ts }]

test('a beat is told as JSON with its time in milliseconds', async () => {
  const forward = heartbeatForward()
  forward.send('api', url, new Date(1_700_000_000_123))
  await until('it is there', () => received.length === 1)
  expect(received).toEqual([beat(1_700_000_000_123)])
  expect(forward.failures('api')).toBe(0)
})

test('one at a time; of those meanwhile the newest follows', async () => {
  answer = false
  const forward = heartbeatForward()
  forward.send('api', url, new Date(1))
  await until('the first is there', () => waiting.length === 1)
  for (const ts of [2, 3, 4]) forward.send('api', url, new Date(ts))
  answer = true
  waiting[0]?.writeHead(200).end()
  await until('the newest is there', () => received.length === 2)
  expect(received).toEqual([beat(1), beat(4)])
})

test('a monitor that does not answer is given up after two seconds, and the next beat is told', async () => {
  answer = false
  const forward = heartbeatForward()
  const started = performance.now()
  forward.send('api', url, new Date(1))
  await until('it is given up', () => forward.failures('api') === 1)
  const took = performance.now() - started
  expect(took).toBeGreaterThan(1_900)
  answer = true
  forward.send('api', url, new Date(2))
  await until('the next is there', () => received.length === 2)
})

test('whatever the address, nothing is thrown', async () => {
  const forward = heartbeatForward()
  forward.send('api', 'nonsense', new Date(1))
  forward.send('api', 'http://127.0.0.1:1/', new Date(1))
  await until('both are counted', () => forward.failures('api') === 2)
})

test('a beat under way keeps no process alive', async () => {
  answer = false
  const module = JSON.stringify(new URL('./heartbeat-forward.ts', import.meta.url).href)
  const script = `import { heartbeatForward } from ${module}
    const forward = heartbeatForward()
    forward.send('api', ${JSON.stringify(url)}, new Date())
    process.on('exit', () => console.log(forward.failures('api')))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ])
  // Whoever had waited for it would have counted it: nobody answers.
  expect(stdout).toBe('0\n')
})
