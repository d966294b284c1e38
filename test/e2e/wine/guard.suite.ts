/** The guard on this Windows: the real command on real programs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { inRoom, lives, PATIENCE } from './guard-room.ts'

const STAYS = 'console.log("here", process.pid); setInterval(() => {}, 1000)'
const CRASHES_ONCE = `
  const fs = require('fs')
  if (fs.existsSync('crashed')) setInterval(() => {}, 1000)
  else { fs.writeFileSync('crashed', ''); fs.writeSync(2, 'last words'); process.exit(7) }`

describe('a guard on Windows', () => {
  test(
    'starts its programs, tells of them, restarts what crashes, and ends when it is told to',
    {},
    () =>
      inRoom(async (here) => {
        here.services({
          web: { js: STAYS },
          job: { js: 'console.log("done")', type: 'job' },
          api: { js: CRASHES_ONCE },
        })
        const guard = await here.up()
        const { pid, ready } = await here.untilPhase('web', 'running')
        assert.ok(pid !== null && lives(pid) && ready)
        assert.deepEqual((await here.untilPhase('job', 'exited')).lastExit?.exit, {
          kind: 'code',
          code: 0,
        })
        // O03 L14: its exit code and its last words are there.
        const crashed = await until(
          'the second life',
          async () => {
            const found = await here.status('api')
            return found?.phase === 'running' && found.restarts === 1 && found
          },
          PATIENCE,
        )
        assert.deepEqual(crashed.lastExit?.exit, { kind: 'code', code: 7 })
        assert.match(here.must('explain', 'api'), /last words/)
        assert.match(here.must('logs', 'web'), /here \d+/)
        assert.equal(here.stead('status').code, 0)
        here.must('restart', 'web')
        const again = await here.untilPhase('web', 'running')
        assert.ok(again.pid !== pid && !lives(pid))
        here.must('stop', 'web')
        assert.equal((await here.status('web'))?.phase, 'stopped')
        const ended = once(guard, 'exit')
        here.must('down')
        assert.deepEqual(await ended, [0, null])
        assert.equal(here.stead('status').code, 3)
      }),
  )
})
