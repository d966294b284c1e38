/** Verbs about a guard on this Windows as a whole. */
import assert from 'node:assert/strict'
import { describe, test } from '../../contract/harness.ts'
import { inRoom } from './guard-room.ts'

const STAYS = 'setInterval(() => {}, 1000)'

describe('a guard on Windows', () => {
  test('T05 a second guard of one file says who holds it', {}, () =>
    inRoom(async (here) => {
      here.services({ web: { js: STAYS } })
      const guard = await here.up()
      const second = here.stead('up')
      assert.notEqual(second.code, 0)
      assert.match(second.stderr, new RegExp(`pid ${guard.pid}`))
      assert.equal((await here.untilPhase('web', 'running')).restarts, 0)
    }),
  )

  test(
    'up -d leaves a guard behind that has no console; apply starts and stops what differs',
    {},
    () =>
      inRoom(async (here) => {
        here.services({ a: { js: STAYS }, b: { js: STAYS } })
        assert.match(here.must('up', '-d'), /in the background/)
        const before = await here.untilPhase('a', 'running')
        here.services({ a: { js: STAYS }, c: { js: STAYS } })
        here.must('apply')
        await here.untilPhase('c', 'running')
        assert.equal((await here.status('a'))?.pid, before.pid)
        assert.equal(await here.status('b'), null)
        const { code, stderr } = here.stead('down', '--keep')
        assert.notEqual(code, 0)
        assert.match(stderr, /keeping a, c, whose output passes through the guard/)
        here.must('down')
        assert.equal(await here.status('a'), null)
      }),
  )
})
