/**
 * What a request to a guard costs on one kept-alive connection: status of one service and of 200, a
 * heartbeat, the facts. The server is a process of its own over a fake guard; the client is a bare
 * socket that reads lengths, so that it is the server that is measured.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { controlServer } from '../../src/cli/compose-control.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { fakeGuard } from '../fakes/guard-api.ts'
import { type Figure, figureOf } from './measure.ts'

const SERVICES = 200
const serving = process.argv[2]

if (serving !== undefined) {
  await controlServer({ api: fakeGuard(SERVICES), clock: systemClock(), socket: serving })
  process.send?.('ready')
} else {
  const directory = mkdtempSync(join(tmpdir(), 'stead-bench-'))
  const path = join(directory, 'guard.sock')
  const server = fork(fileURLToPath(import.meta.url), [path])
  try {
    await new Promise((resolve) => server.once('message', resolve))
    await compare(path)
  } finally {
    server.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function compare(path: string): Promise<void> {
  const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`
  const requests: readonly (readonly [string, string, number])[] = [
    ['facts', get('/v1'), 3_000],
    ['status of one', get('/v1/status?name=svc-7'), 3_000],
    [`status of ${SERVICES}`, get('/v1/status'), 600],
    [
      'heartbeat',
      'POST /v1/services/svc-7/beat HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
      3_000,
    ],
  ]
  const socket = connect(path)
  await new Promise((resolve) => socket.once('connect', resolve))
  const figures: Figure[] = []
  for (const [name, request, rounds] of requests) {
    const samples: number[] = []
    for (let round = -rounds / 4; round < rounds; round += 1) {
      const begin = performance.now()
      await exchange(socket, request)
      if (round >= 0) samples.push(performance.now() - begin)
    }
    figures.push(figureOf(name, samples))
  }
  socket.destroy()
  console.log('### One request on a kept-alive connection\n')
  console.log('| | median ms | min | max |\n|---|---:|---:|---:|')
  for (const { name, median, min, max } of figures) {
    console.log(`| ${name} | ${[median, min, max].map((ms) => ms.toFixed(3)).join(' | ')} |`)
  }
}

/** Sends a request and resolves when its whole answer has come. */
function exchange(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = -1
    const take = (chunk: Buffer): void => {
      if (missing >= 0) missing -= chunk.length
      else {
        const end = chunk.indexOf('\r\n\r\n')
        const head = chunk.toString('latin1', 0, end)
        if (!head.startsWith('HTTP/1.1 200')) reject(new Error(head))
        missing = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (chunk.length - end - 4)
      }
      if (missing > 0) return
      socket.off('data', take)
      resolve()
    }
    socket.on('data', take)
    socket.write(request)
  })
}
