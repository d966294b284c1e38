/** O07, T04: the disk with logs and state is full, and has room again. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { countingService, writesOn, written } from './counting.ts'
import { lives } from './processes.ts'
import { openRoom, type Room } from './room.ts'

const isRoot = process.getuid?.() === 0

test.skipIf(!isRoot)(
  'O07 T04 on a full disk the programs and the guard live on, the gap is counted, and logging resumes',
  async () => {
    const room = openRoom()
    const ballast = fill(room)
    room.write({
      talker: countingService(room, 'talker', 4_000),
      quiet: { command: ['/bin/sleep', '1000'] },
    })
    let guard = await room.up()
    const [talker] = await room.running('talker', 'quiet')
    ballast.fill()
    await until('a write to the log has failed', async () => (await counts(room)).trouble !== null)

    // More than any pipe holds: nothing blocks the program.
    await writesOn(room, 'talker', 20_000)
    expect(await room.one('talker')).toMatchObject({ pid: talker?.pid, phase: 'running' })
    expect(await room.stead('status')).toMatchObject({ code: 0 })
    expect(await room.stead('restart', 'quiet')).toMatchObject({ code: 0 })
    const [quiet] = await room.running('quiet')
    const full = await counts(room)
    expect(full.dropped).toBeGreaterThan(0)

    ballast.empty()
    const goal = written(room, 'talker')
    await until('new lines are stored', () => highest(room) > goal)
    const after = await counts(room)
    expect(after.trouble).toBe(null)
    expect(after.gaps).toBeGreaterThan(0)
    expect(room.log('talker')).toMatch(/missing|lost|dropped|gap/i)

    // What happened while nothing could be written down is known to the next guard.
    await guard.kill()
    guard = await room.up()
    const again = await room.running('talker', 'quiet')
    expect(again.map(({ pid }) => pid)).toEqual([talker?.pid, quiet?.pid])
    expect(lives(talker?.pid as number)).toBe(true)
    expect(await room.stead('down')).toMatchObject({ code: 0 })
    room.expectNothingLeft()
  },
)

test.skipIf(!isRoot)(
  'T04 a guard that is killed and started again on a full disk takes on its programs',
  async () => {
    const room = openRoom()
    const ballast = fill(room)
    room.write({ a: { command: ['/bin/sleep', '1000'] }, b: { command: ['/bin/sleep', '1000'] } })
    const first = await room.up()
    const before = await room.running('a', 'b')
    ballast.fill()
    await first.kill()
    const second = await room.up()
    const after = await room.running('a', 'b')
    expect(after.map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid))
    expect(room.programs('a').length + room.programs('b').length).toBe(2)
    ballast.empty()
    expect(await room.stead('down')).toMatchObject({ code: 0 })
    expect(await second.ended).toEqual({ code: 0, signal: null })
    room.expectNothingLeft()
  },
)

/** Makes the home of a room a disk of its own, of sixteen megabytes. */
function fill(room: Room) {
  mkdirSync(room.home)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', room.home])
  if (mounted.status !== 0) throw new Error(String(mounted.stderr))
  // Detached at once, gone when the last process of the test is.
  onTestFinished(() => void spawnSync('umount', ['--lazy', room.home]))
  const ballast = join(room.home, 'ballast')
  return {
    fill() {
      const file = openSync(ballast, 'w')
      const page = Buffer.alloc(4096)
      try {
        // The guard writes meanwhile: until nothing fits any more.
        for (;;) writeSync(file, page)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(ballast),
  }
}

async function counts(room: Room) {
  const { stdout } = await room.stead('explain', 'talker', '--json')
  const { log } = JSON.parse(stdout) as {
    log: { counts: { trouble: string | null; dropped: number; gaps: number } }
  }
  return log.counts
}

function highest(room: Room): number {
  const last = /^.* talker \d+ (\d+)\n.*$/ms.exec(room.log('talker').slice(-2_000))
  return Number(last?.[1] ?? 0)
}
