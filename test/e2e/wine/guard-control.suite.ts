/** What a guard answers on its named pipe, whoever connects to it and however. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { ADMINISTRATORS } from '../../../src/platform/win32/sids.ts'
import { ownIdentity } from '../../../src/platform/win32/token-identity.ts'
import { after, before, describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { PATIENCE, type Room, room } from './guard-room.ts'

const BEATS = `
  const { request } = require('node:http')
  const beat = () => request({ socketPath: process.env.STEAD_SOCKET, method: 'POST',
    path: '/v1/services/' + process.env.STEAD_SERVICE + '/beat' }, (answer) => {
      console.log('beat', answer.statusCode); answer.resume() }).end()
  beat(); setInterval(beat, 500)`

let here: Room
let pipe: string

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

/** By node:http: the `fetch` of Node knows no pipes. */
function ask(method: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: pipe, method, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

before(async () => {
  here = room()
  here.services({
    web: { js: 'console.log("here"); setInterval(() => {}, 1000)' },
    alive: { js: BEATS, heartbeat: { every: '10s', misses: 3 } },
  })
  await here.up()
  await here.untilPhase('web', 'running')
  const guards = join(here.home, 'run', 'guards')
  const registered = readFileSync(join(guards, readdirSync(guards)[0] ?? '', 'guard.json'), 'utf8')
  pipe = (JSON.parse(registered) as { readonly socket: string }).socket
})
after(() => here.dispose())

describe('the pipe of a guard', () => {
  test('is named after it, and answers HTTP', {}, async () => {
    assert.match(pipe, /^\\\\\.\\pipe\\stead-/)
    const { status, text } = await ask('GET', '/v1/status')
    assert.equal(status, 200)
    assert.match(text, /"service":"web"/)
  })

  test('knows who asks: a change stands in the audit log with SID, pid and program', {}, async () => {
    const script = join(here.directory, 'restart.cjs')
    writeFileSync(
      script,
      `
      require('node:http').request({ socketPath: ${JSON.stringify(pipe)}, method: 'POST',
        path: '/v1/services/web/restart' },
        (answer) => { console.log(answer.statusCode); answer.resume() }).end()`,
    )
    const child = spawnSync(process.execPath, [script], { encoding: 'utf8' })
    const { status, text } = await ask('GET', '/v1/audit')
    assert.equal(status, 200)
    const { sid, user, pid, command } = lastAbout('restart', text)
    assert.deepEqual(
      { sid, pid, command: command.toLowerCase() },
      { sid: ownIdentity().user, pid: child.pid, command: 'node.exe' },
      `${child.stdout}${child.stderr}`,
    )
    assert.match(user, /\\/)
    assert.ok(ownIdentity().groups.includes(ADMINISTRATORS))
  })

  test('takes the heartbeats of programs, which find it as STEAD_SOCKET', {}, async () => {
    await until(
      'a beat was answered',
      () => here.must('logs', 'alive').includes('beat 200'),
      PATIENCE,
    )
    assert.equal((await here.status('alive'))?.restarts, 0)
  })

  test('T06 five hundred clients at once are all answered', {}, async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask('GET', '/v1')))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  })

  test('T06 clients that say nothing, or half of it, hinder nobody', {}, async () => {
    const silent = Array.from({ length: 50 }, (): Socket => connect(pipe).on('error', () => {}))
    await Promise.all(silent.map((one) => once(one, 'connect')))
    for (const one of silent.slice(25)) one.write('GET /v1 HT')
    assert.equal((await ask('GET', '/v1')).status, 200)
    for (const one of silent) one.destroy()
    assert.equal((await ask('GET', '/v1')).status, 200)
  })

  test('T06 a request that is too large is cut off, and told why', {}, async () => {
    const { status, text } = await ask('POST', '/v1/stop', 'x'.repeat(2 * 1024 * 1024))
    assert.equal(status, 413)
    assert.match(text, /REQUEST_TOO_LARGE/)
    assert.equal((await ask('GET', '/v1')).status, 200)
  })

  test('T07 events come as they happen, on one connection', {}, async () => {
    const seen: string[] = []
    const sent = request({ socketPath: pipe, path: '/v1/events', agent: false })
    sent.on('error', () => {})
    sent.on('response', (response) => {
      response.setEncoding('utf8').on('data', (part: string) => seen.push(part))
      response.on('error', () => {})
    })
    sent.end()
    await until('the snapshot', () => seen.length > 0, PATIENCE)
    await ask('POST', '/v1/services/web/restart')
    await until('the restart of web', () => /"type":"exit"[^\n]*"web/.test(seen.join('')), PATIENCE)
    sent.destroy()
  })

  test('a log is followed over it while it is written', {}, async () => {
    const seen: string[] = []
    const path = '/v1/services/alive/logs?lines=1&follow=1'
    const sent = request({ socketPath: pipe, path, agent: false })
    sent.on('error', () => {})
    sent.on('response', (response) => {
      response.setEncoding('utf8').on('data', (part: string) => seen.push(part))
      response.on('error', () => {})
    })
    sent.end()
    const lines = (): number => seen.join('').split('beat 200').length - 1
    await until('three lines', () => lines() > 2, PATIENCE)
    sent.destroy()
  })
})

/** The newest entry of the audit log about an action. */
function lastAbout(
  action: string,
  text: string,
): { readonly sid: string; readonly user: string; readonly pid: number; readonly command: string } {
  const entries = JSON.parse(text) as { action: string }[]
  return entries.findLast((entry) => entry.action === action) as never
}
