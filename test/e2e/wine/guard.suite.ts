/** The guard on this Windows: the real command on real programs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { PATIENCE, type Room, room } from './guard-room.ts'

const STAYS = 'console.log("here", process.pid); setInterval(() => {}, 1000)'

async function inRoom(body: (here: Room) => Promise<void>): Promise<void> {
  const here = room()
  try {
    await body(here)
  } finally {
    await here.dispose()
  }
}

/** Whether a process of that number lives. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a guard on Windows', () => {
  test(
    'starts its programs, tells of them, and ends when it is told to',
    { timeout: 150_000 },
    () =>
      inRoom(async (here) => {
        here.services({ web: { js: STAYS }, job: { js: 'console.log("done")', type: 'job' } })
        const guard = await here.up()
        const { pid, ready } = await here.untilPhase('web', 'running')
        assert.ok(pid !== null && lives(pid) && ready)
        assert.equal((await here.untilPhase('job', 'exited')).lastExit?.exit.kind, 'code')
        assert.equal(here.stead('status').code, 0)
        assert.match(here.must('logs', 'web'), /here \d+/)
        assert.match(here.must('explain', 'web'), /web is running/)
        here.must('stop', 'web')
        assert.equal((await here.status('web'))?.phase, 'stopped')
        assert.equal(lives(pid), false)
        here.must('start', 'web')
        const again = await here.untilPhase('web', 'running')
        assert.notEqual(again.pid, pid)
        here.must('restart', 'web')
        assert.notEqual((await here.untilPhase('web', 'running')).pid, again.pid)
        const ended = once(guard, 'exit')
        here.must('down')
        assert.deepEqual((await ended)[0], 0)
        assert.equal(here.stead('status').code, 3)
      }),
  )

  test(
    'O03 L14 starts anew what crashed, with its exit code and its last words',
    { timeout: 150_000 },
    () =>
      inRoom(async (here) => {
        here.services({
          api: {
            js: `
            const fs = require('fs')
            if (fs.existsSync('crashed')) setInterval(() => {}, 1000)
            else { fs.writeFileSync('crashed', ''); fs.writeSync(2, 'last words'); process.exit(7) }`,
          },
        })
        await here.up()
        const status = await until(
          'the second life',
          async () => {
            const found = await here.status('api')
            return found?.phase === 'running' && found.restarts === 1 && found
          },
          PATIENCE,
        )
        assert.deepEqual(status.lastExit?.exit, { kind: 'code', code: 7 })
        assert.match(here.must('logs', 'api'), /last words/)
        assert.match(here.must('explain', 'api'), /last words/)
      }),
  )

  test('T05 a second guard of one file says who holds it', { timeout: 150_000 }, () =>
    inRoom(async (here) => {
      here.services({ web: { js: STAYS } })
      const guard = await here.up()
      const second = here.stead('up')
      assert.notEqual(second.code, 0)
      assert.match(second.stderr, new RegExp(`pid ${guard.pid}`))
      assert.equal((await here.untilPhase('web', 'running')).restarts, 0)
    }),
  )

  test('up -d leaves a guard behind that has no console', { timeout: 150_000 }, () =>
    inRoom(async (here) => {
      here.services({ web: { js: STAYS } })
      assert.match(here.must('up', '-d'), /in the background/)
      await here.untilPhase('web', 'running')
      here.must('down')
      assert.equal(here.stead('status').code, 3)
    }),
  )

  test('apply takes a change over, and starts and stops nothing else', { timeout: 150_000 }, () =>
    inRoom(async (here) => {
      here.services({ a: { js: STAYS }, b: { js: STAYS } })
      await here.up()
      const before = await here.untilPhase('a', 'running')
      here.services({ a: { js: STAYS }, c: { js: STAYS } })
      here.must('apply')
      await here.untilPhase('c', 'running')
      assert.equal((await here.status('a'))?.pid, before.pid)
      assert.equal(await here.status('b'), null)
    }),
  )

  test(
    'T02 T04 a guard that was killed has left its state: what was stopped stays so',
    { timeout: 170_000 },
    () =>
      inRoom(async (here) => {
        here.services({ web: { js: STAYS }, held: { js: STAYS } })
        const first = await here.up()
        const { pid } = await here.untilPhase('web', 'running')
        here.must('stop', 'held')
        const ended = once(first, 'exit')
        first.kill('SIGKILL')
        await ended
        await until('its program is gone too', () => pid !== null && !lives(pid))
        await here.up()
        const again = await here.untilPhase('web', 'running')
        assert.notEqual(again.pid, pid)
        assert.equal((await here.status('held'))?.phase, 'stopped')
        assert.match(here.must('logs', 'web'), new RegExp(`here ${pid}\\b[^]*here ${again.pid}`))
      }),
  )

  test('T04 a state file that is garbage is put aside', { timeout: 150_000 }, () =>
    inRoom(async (here) => {
      here.services({ web: { js: STAYS } })
      const first = await here.up()
      await here.untilPhase('web', 'running')
      const ended = once(first, 'exit')
      here.must('down')
      await ended
      const state = stateFile(here)
      writeFileSync(state, 'no state at all')
      await here.up()
      await here.untilPhase('web', 'running')
      assert.equal(readFileSync(`${state}.bad`, 'utf8'), 'no state at all')
    }),
  )
})

function stateFile({ home }: Room): string {
  const guards = join(home, 'state', 'guards')
  return join(guards, readdirSync(guards)[0] ?? '', 'state.jsonl')
}
