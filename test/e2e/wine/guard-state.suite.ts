/** What a guard on this Windows leaves to the next one. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { textOrNothing } from './any-program-room.ts'
import { inRoom, lives, PATIENCE } from './guard-room.ts'

const STAYS = 'console.log("here", process.pid); setInterval(() => {}, 1000)'

/** With a process of its own that would outlive it, and that nobody tells the guard of. */
const WITH_CHILD = `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }); console.log("child", child.pid, "."); ${STAYS}`

describe('the state of a guard on Windows', () => {
  test(
    'T02 T04 a guard that was killed has left it: what was stopped stays so; garbage is put aside',
    {},
    () =>
      inRoom(async (here) => {
        here.services({ web: { js: WITH_CHILD }, held: { js: STAYS } })
        const first = await here.up()
        const { pid } = await here.untilPhase('web', 'running')
        here.must('stop', 'held')
        const log = (): string => textOrNothing(join(onlyIn(here.home, 'logs'), 'web.log'))
        const child = await until(
          'it has a child',
          () => /child (\d+) \./.exec(log())?.[1],
          PATIENCE,
        )
        assert.ok(lives(Number(child)))
        await killed(first)
        // By their job, the last handle of which has gone with the guard.
        const isLeft = (): boolean => pid === null || lives(pid) || lives(Number(child))
        await until('its program and the child of it are gone too', () => !isLeft(), PATIENCE)

        const second = await here.up()
        const again = await here.untilPhase('web', 'running')
        assert.notEqual(again.pid, pid)
        assert.equal((await here.status('held'))?.phase, 'stopped')
        await until(
          'both lives are in the log',
          () => {
            const text = log()
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
