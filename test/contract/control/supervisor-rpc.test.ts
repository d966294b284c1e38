import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readResponse } from '../../fakes/rpc-response.ts'
import { callText } from '../../fakes/rpc-room.ts'
import { until } from '../until.ts'
import { openRoom } from './room.ts'

const post = (body: string): string =>
  `POST /RPC2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4)

test('a call that is as large as may be is answered, and one of 10 MB is cut off', async () => {
  await using room = await openRoom()
  const call = (size: number) => post(callText('supervisor.getProcessInfo', ['x'.repeat(size)]))
  const large = await room.exchange(call(1_000_000))
  expect(readResponse(bodyOf(large))).toMatchObject({ fault: 10 })
  expect(await room.exchange(call(10_000_000))).toMatch(/^HTTP\/1\.1 413/)
  const quick = await room.exchange(post(callText('supervisor.getState', [])))
  expect(readResponse(bodyOf(quick))).toMatchObject({ value: { statename: 'RUNNING' } })
})

test('tags in tags without end, and texts without tags, are refused in no time', async () => {
  await using room = await openRoom()
  const began = process.cpuUsage()
  for (const piece of ['<value>', '<value><array><data>', '<!--', '&amp;', ' ', '<', '&']) {
    const body = `<methodCall><methodName>a</methodName><params><param>${piece.repeat(Math.floor(1_000_000 / piece.length))}`
    expect(await room.exchange(post(body))).toMatch(/^HTTP\/1\.1 400/)
  }
  const { user, system } = process.cpuUsage(began)
  // Milliseconds of a processor, which are as many on a machine that has much else to do.
  expect((user + system) / 1_000).toBeLessThan(5_000)
})

test('a followed log goes on when it is cleared, and when it is rotated', async () => {
  await using room = await openRoom()
  const file = join(room.directory, 'a.log')
  writeFileSync(file, Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join(''))
  room.guard.logPaths.set('svc-1', file)
  const follower = room.raw()
  let text = ''
  follower.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  follower.write('GET /logtail/svc-1/stdout HTTP/1.1\r\nhost: \r\n\r\n\r\n')
  await until('the newest lines', () => text.includes('line 29'))
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\S\s]*transfer-encoding: chunked/i)
  expect(text).toContain('line 20')
  expect(text).not.toContain('line 19')
  truncateSync(file)
  appendFileSync(file, 'after the clearing\n')
  await until('what came after it', () => text.includes('after the clearing'))
  appendFileSync(file, 'before the rotation\n')
  renameSync(file, `${file}.1`)
  writeFileSync(file, 'after the rotation\n')
  await until('what came after that', () => text.includes('after the rotation'))
  expect(text).toContain('before the rotation')
  expect(text.match(/after the clearing/g)).toHaveLength(1)
})

test('a follower that reads nothing costs no memory, and gets everything when it reads', async () => {
  await using room = await openRoom()
  const file = join(room.directory, 'a.log')
  writeFileSync(file, 'begin\n')
  room.guard.logPaths.set('svc-1', file)
  const follower = room.raw()
  follower.write('GET /logtail/svc-1 HTTP/1.1\r\nhost: x\r\n\r\n')
  let last = ''
  let bytes = 0
  follower.on('data', (part: Buffer) => {
    bytes += part.length
    last = (last + part.toString()).slice(-100)
  })
  await until('it follows', () => last.includes('begin\n'))
  follower.pause()
  // Bytes, which are written as they are: a text would be copied each time, and count as memory.
  const block = Buffer.from(`${'x'.repeat(99)}\n`.repeat(10_000))
  const before = process.memoryUsage().rss
  for (let turn = 0; turn < 40; turn += 1) appendFileSync(file, block)
  const other = await room.exchange(post(callText('supervisor.getState', [])))
  expect(bodyOf(other)).toContain('RUNNING')
  // What was written is 40 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(32_000_000)
  appendFileSync(file, 'end\n')
  follower.resume()
  // It may take long, but it never stands still.
  for (let seen = bytes; !last.includes('end\n'); )
    seen = await until('more of it', () => (bytes > seen || last.includes('end\n')) && bytes)
  expect(bytes).toBeGreaterThan(40_000_000)
})
