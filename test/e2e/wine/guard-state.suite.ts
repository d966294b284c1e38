/** What a guard on this Windows leaves to the next one. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { inRoom, lives, PATIENCE } from './guard-room.ts'

const STAYS = 'console.log("here", process.pid); setInterval(() => {}, 1000)'

describe('the state of a guard on Windows', () => {
  test(
    'T02 T04 a guard that was killed has left it: what was stopped stays so; garbage is put aside',
    {
      timeout: 170_000,
    },
    () =>
      inRoom(async (here) => {
        here.services({ web: { js: STAYS }, held: { js: STAYS } })
        const first = await here.up()
        const { pid } = await here.untilPhase('web', 'running')
        here.must('stop', 'held')
        await killed(first)
        await until('its program is gone too', () => pid !== null && !lives(pid), PATIENCE)

        const second = await here.up()
        const again = await here.untilPhase('web', 'running')
        assert.notEqual(again.pid, pid)
        assert.equal((await here.status('held'))?.phase, 'stopped')
        await until(
          'both lives are in the log',
          () => {
            const text = readFileSync(join(onlyIn(here.home, 'logs'), 'web.log'), 'utf8')
            return text.includes(`here ${pid}`) && text.includes(`here ${again.pid}`)
          },
          PATIENCE,
        )
        await killed(second)

        const guards = join(here.home, 'state', 'guards')
        const state = join(guards, readdirSync(guards)[0] ?? '', 'state.jsonl')
        writeFileSync(state, 'no state at all')
        await here.up()
        await here.untilPhase('held', 'running')
        assert.equal(readFileSync(`${state}.bad`, 'utf8'), 'no state at all')
      }),
  )
})

async function killed(guard: ChildProcess): Promise<void> {
  const ended = once(guard, 'exit')
  guard.kill('SIGKILL')
  await ended
}

/** The directory that is the only one in another, beside files. */
function onlyIn(...path: string[]): string {
  const above = join(...path)
  const found = readdirSync(above, { withFileTypes: true }).find((one) => one.isDirectory())
  return join(above, found?.name ?? '')
}
