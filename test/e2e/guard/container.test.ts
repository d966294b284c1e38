/** P10: the guard as PID 1 of a container. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { allProcesses, lives } from './processes.ts'
import { openRoom } from './room.ts'
import { PROGRAMS, run, STEAD } from './stead.ts'

const UNDER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)(
  'P10 as PID 1 it reaps orphans that it adopted, notices its own, and ends with its services',
  async () => {
    const room = openRoom()
    const count = join(room.directory, 'count')
    const notes = join(room.directory, 'notes')
    room.write({
      // Each turn leaves an orphan that ends at once.
      parent: {
        command: [
          '/bin/sh',
          '-c',
          `n=0; while :; do (sleep 0.01 & ); n=$((n+1)); echo $n > ${count}; sleep 0.01; done`,
        ],
      },
      mortal: { command: ['/bin/sleep', '1000'] },
      polite: { command: ['/bin/sh', `${PROGRAMS}/notes-signals.sh`, 'polite', notes] },
    })
    const outside = await room.up({ under: UNDER })
    await room.running('parent', 'mortal', 'polite')
    const guard = allProcesses().find(({ parent }) => parent === outside.pid)
    expect(guard).toBeDefined()
    const pid = guard?.pid as number
    expect((await room.status()).guard.pid).toBe(1)

    await until('a hundred orphans were left', () => Number(wholeLines(count)[0]) >= 100)
    await until('none of them is a zombie', () => zombiesOf(pid) === 0)
    // As with `docker exec`: in its namespaces, where its pid is its own.
    const inside = ['nsenter', '--target', String(pid), '--pid', '--mount', ...STEAD]
    const stopped = await run([...inside, 'stop', 'parent', '--home', room.home], { cwd: '/' })
    expect([stopped.code, stopped.stderr.replace(/^.* …\n/gm, '')]).toEqual([0, ''])
    await until('none at all is left', () => zombiesOf(pid) === 0)

    const [mortal] = room.programs('mortal')
    process.kill(mortal?.pid as number, 'SIGKILL')
    const back = await room.waitFor('mortal', 'is back', ({ incarnation }) => incarnation === 2)
    expect(back.lastExit?.exit).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })

    process.kill(pid, 'SIGTERM')
    expect(await outside.ended).toEqual({ code: 0, signal: null })
    expect(wholeLines(notes)).toEqual(['polite up', 'polite TERM'])
    expect(lives(pid)).toBe(false)
    room.expectNothingLeft()
  },
)

function zombiesOf(pid: number): number {
  return allProcesses().filter(({ parent, state }) => parent === pid && state === 'Z').length
}
