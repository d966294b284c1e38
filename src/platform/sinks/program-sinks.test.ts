import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../test/contract/until.ts'
import type { LogSink, SinkFact } from '../../model/log-sink.ts'
import type { OutputChannel, ProgramOutput } from '../../model/ports/program-output.ts'
import { type LogPolicy, PROGRAM_DEFAULTS } from '../../model/program-spec.ts'
import { systemClock } from '../clock.ts'
import { programOutput } from '../output/program-output.ts'

let folder: string
let output: ProgramOutput
let server: Server
let url: string
let turned: SinkFact[]
let hangs: boolean
const children: ChildProcess[] = []
/** What the server got, and what it answers. */
let bodies: string[]
let answer: (request: IncomingMessage) => number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stead-sinks-'))
  bodies = []
  turned = []
  hangs = false
  answer = () => 204
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      if (hangs) return
      const status = answer(request)
      if (status < 300) bodies.push(body)
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lines?secret=1`
})
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  await output.close()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function begin(thread: boolean): void {
  output = programOutput({
    run: join(folder, 'run'),
    logs: folder,
    clock: systemClock(),
    thread,
    sinkTurned: (fact) => turned.push(fact),
  })
}

function webhook(changes: Partial<Extract<LogSink, { kind: 'webhook' }>> = {}): LogSink {
  const access = { tokenFile: null, tokenEnv: null, user: null, headersFile: null, timeout: 2_000 }
  return { kind: 'webhook', url, buffer: 1_000_000, lines: 10_000, ...access, ...changes }
}

function policyOf(changes: Partial<LogPolicy>): LogPolicy {
  return { ...PROGRAM_DEFAULTS.log, sinks: [webhook()], ...changes }
}

async function run(channel: OutputChannel, script: string): Promise<void> {
  const fds = [channel.stdout, channel.stderr].map((descriptor) => {
    if (descriptor.kind !== 'fifo') throw new Error('not a FIFO')
    return openSync(descriptor.path, 'r+')
  })
  const child = spawn('/bin/sh', ['-c', `read go; ${script}`], { stdio: ['pipe', fds[0], fds[1]] })
  for (const fd of fds) closeSync(fd)
  children.push(child)
  const ended = once(child, 'exit')
  channel.process(child.pid as number)
  // What is answered comes after what was told: from now on its lines have its pid.
  await channel.sinks()
  child.stdin?.end('\n')
  await ended
}

interface Told {
  readonly text: string
  readonly lost?: { readonly lines: number }
  readonly [key: string]: unknown
}

function lines(): Told[] {
  return bodies.flatMap((body) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told),
  )
}

describe.each([
  ['by the thread', true, ['raw', 'stamped', 'json', 'off']],
  ['in the main thread', false, ['json']],
] as const)('output moved %s', (_, thread, formats) => {
  beforeEach(() => begin(thread))

  test.each(formats)(
    'in format %s is told to a sink with all that is known of a line',
    async (format) => {
      const channel = output.open({ service: 'api', instance: 2 }, policyOf({ format }))
      channel.incarnation(3)
      await run(channel, 'echo "<3>first"; echo second; printf third')
      await channel.drained()
      const told = await until('three lines', () => lines().length === 3 && lines())
      expect(told.map(({ text }) => text)).toEqual(['first', 'second', 'third'])
      expect(told.map(({ severity }) => severity)).toEqual([3, 6, 6])
      expect(told.map(({ seq }) => seq)).toEqual([1, 2, 3])
      expect(told[2]).toMatchObject({
        service: 'api',
        instance: 2,
        stream: format === 'raw' ? 'output' : 'stdout',
        incarnation: 3,
        partial: true,
        pid: children[0]?.pid,
      })
      expect(channel.file).toEqual(format === 'off' ? null : join(folder, 'api@2.log'))
    },
  )

  test('waits for a sink that is down, and counts exactly what it missed', async () => {
    answer = () => 503
    const sinks = [webhook({ lines: 100 })]
    const channel = output.open({ service: 'api', instance: 1 }, policyOf({ sinks }))
    channel.incarnation(1)
    await run(channel, 'seq 1 1000')
    await channel.drained()
    await until('the sink is down', () => turned[0]?.state === 'down')
    await until('every line is accounted for', async () => {
      const [fact] = await channel.sinks()
      return fact !== undefined && fact.lost + fact.waiting.lines === 1_000
    })
    expect(turned[0]).toMatchObject({ trouble: 'HTTP 503' })
    expect(JSON.stringify(await channel.sinks())).not.toContain('secret')
    answer = () => 204
    const facts = await until('all is told', async () => {
      const [fact] = await channel.sinks()
      return fact?.waiting.lines === 0 && fact
    })
    const told = lines()
    const lost = told.reduce((sum, one) => sum + (one.lost?.lines ?? 0), 0)
    const texts = told.filter((one) => one.lost === undefined).map(({ text }) => text)
    expect(texts.length + lost).toBe(1_000)
    expect(texts.at(-1)).toBe('1000')
    expect(lost).toBeGreaterThanOrEqual(800)
    expect(facts).toMatchObject({ sent: texts.length, lost, state: 'up', trouble: null })
  })

  test('delays nothing and keeps little when a sink takes everything and never answers', async () => {
    hangs = true
    const channel = output.open({ service: 'api', instance: 1 }, policyOf({}))
    channel.incarnation(1)
    await run(channel, 'seq 1 1500000')
    await channel.drained()
    const log = readFileSync(join(folder, 'api.log'), 'latin1')
    expect(log.slice(log.lastIndexOf(' ', log.length - 2) + 1)).toBe('1500000\n')
    const fact = await until('every line is accounted for', async () => {
      const [one] = await channel.sinks()
      return one !== undefined && one.lost + one.waiting.lines === 1_500_000 && one
    })
    expect(fact.waiting.bytes).toBeLessThanOrEqual(1_000_000)
    expect(fact.waiting.lines).toBeLessThanOrEqual(10_000)
    expect(process.memoryUsage.rss()).toBeLessThan(600 * 1024 * 1024)
  })

  test('tells what waits when it ends, and does not wait for a sink that takes nothing', async () => {
    const channel = output.open({ service: 'api', instance: 1 }, policyOf({}))
    channel.incarnation(1)
    await run(channel, 'seq 1 20')
    await output.close()
    expect(lines()).toHaveLength(20)
    begin(thread)
    answer = () => 503
    const other = output.open({ service: 'api', instance: 1 }, policyOf({}))
    other.incarnation(2)
    await run(other, 'seq 1 20')
    // It ends: the sink is tried for two seconds, and would be tried for ever.
    await output.close()
  })

  test('goes to other sinks at once, and to none', async () => {
    const channel = output.open({ service: 'api', instance: 1 }, policyOf({ sinks: [] }))
    channel.incarnation(1)
    await run(channel, 'echo unheard')
    await channel.drained()
    channel.reconfigure(policyOf({}))
    await channel.counts()
    await run(channel, 'echo heard')
    await until('a line', () => lines().length === 1)
    expect(lines()[0]?.text).toBe('heard')
    channel.reconfigure(policyOf({ sinks: [] }))
    await channel.counts()
    await run(channel, 'echo unheard')
    await channel.drained()
    expect(await channel.sinks()).toEqual([])
    await output.close()
    expect(lines()).toHaveLength(1)
  })
})
