/** The guard is killed by SIGKILL and started again: T02. Its programs never notice. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { countingService, tally, writesOn, writesOrWaits, written } from './counting.ts'
import { kill, lives } from './processes.ts'
import { openRoom, type Room } from './room.ts'
import { PROGRAMS } from './stead.ts'

const ROUNDS = 10
const COUNTERS = ['a', 'b', 'c', 'd']

test('T02 killed ten times under load: no pid changes, nothing is doubled, no line is lost, what was stopped stays stopped', async () => {
  const room = openRoom()
  room.write({
    ...Object.fromEntries(COUNTERS.map((name) => [name, countingService(room, name, 1_500)])),
    quiet: { command: ['/bin/sleep', '1000'] },
    byhand: { command: ['/bin/sleep', '1000'] },
  })
  let guard = await room.up()
  await room.running(...COUNTERS, 'quiet', 'byhand')
  expect(await room.stead('stop', 'byhand')).toMatchObject({ code: 0 })
  const pids = await pidsOf(room)

  for (let round = 0; round < ROUNDS; round++) {
    await writesOn(room, 'a', randomInt(1, 600))
    await guard.kill()
    // They write on while nobody reads: into the FIFO, and then they wait.
    await writesOrWaits(room, 'b', randomInt(1, 200))
    guard = await room.up()
    await room.running(...COUNTERS, 'quiet')
    expect(await pidsOf(room)).toEqual(pids)
    for (const name of [...COUNTERS, 'quiet']) {
      expect(room.programs(name).map(({ pid }) => pid)).toEqual([pids[name]])
    }
    expect(room.programs('byhand')).toEqual([])
  }
  const byhand = await room.one('byhand')
  expect(byhand).toMatchObject({ phase: 'stopped', pid: null, want: { state: 'down' } })
  expect(byhand.want.by).toMatch(/^operator/)
  for (const one of (await room.status()).services) expect(one.restarts).toBe(0)

  expect(await room.stead('stop', ...COUNTERS)).toMatchObject({ code: 0 })
  for (const name of COUNTERS) await expectAllLines(room, name, pids[name] as number)
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

test('T02 killed while it starts twenty programs: each has one process in the end', async () => {
  const names = Array.from({ length: 20 }, (_, at) => `p${at}`)
  const room = openRoom(
    Object.fromEntries(names.map((name) => [name, { command: ['/bin/sleep', '1000'] }])),
  )
  for (let round = 0; round < 6; round++) {
    const some = randomInt(1, names.length)
    const guard = await room.up({ waits: false })
    await until('it has started some', () => room.programs().length >= some)
    await guard.kill()
    const before = leaders(room)
    expect(new Set(before.values()).size).toBe(before.size)
  }
  await room.up()
  await room.running(...names)
  const status = await room.status()
  const found = leaders(room)
  expect([...found.keys()].length).toBe(names.length)
  for (const { id, pid } of status.services) expect(found.get(pid as number)).toBe(id)
})

test('T02 what ends while no guard lives is started again by the next one, once', async () => {
  const room = openRoom()
  room.write({
    mortal: { command: ['/bin/sleep', '1000'] },
    family: {
      command: ['/bin/sh', `${PROGRAMS}/family.sh`, join(room.directory, 'pids')],
      ready: { log: 'is complete' },
      stop: [{ signal: 'SIGTERM', wait: '300ms' }],
    },
  })
  const first = await room.up()
  const [mortal, family] = await room.running('mortal', 'family')
  await first.kill()
  const strays = room.programs('family').map(({ pid }) => pid)
  for (const pid of [mortal?.pid, family?.pid]) {
    kill(pid as number)
    await until('it is gone', () => !lives(pid as number))
  }
  await room.up()
  const [again, family2] = await room.running('mortal', 'family')
  expect(again?.pid).not.toBe(mortal?.pid)
  expect(again?.incarnation).toBe((mortal?.incarnation ?? 0) + 1)
  expect(room.programs('mortal').map(({ pid }) => pid)).toEqual([again?.pid])
  expect(family2?.pid).not.toBe(family?.pid)
  expect(strays.filter(lives)).toEqual([])
})

test('T03 down --keep and a newer up, three times under load: no pid changes and no line is lost', async () => {
  const room = openRoom()
  room.write({
    ...Object.fromEntries(COUNTERS.map((name) => [name, countingService(room, name, 1_500)])),
    byhand: { command: ['/bin/sleep', '1000'] },
  })
  let guard = await room.up()
  await room.running(...COUNTERS, 'byhand')
  expect(await room.stead('stop', 'byhand')).toMatchObject({ code: 0 })
  const pids = await pidsOf(room)
  for (let round = 0; round < 3; round++) {
    await writesOn(room, 'a', 300)
    expect(await room.stead('down', '--keep')).toMatchObject({ code: 0 })
    expect(await guard.ended).toEqual({ code: 0, signal: null })
    await writesOn(room, 'b', 100)
    guard = await room.up()
    await room.running(...COUNTERS)
    expect(await pidsOf(room)).toEqual(pids)
    for (const name of COUNTERS) {
      expect(room.programs(name).map(({ pid }) => pid)).toEqual([pids[name]])
    }
    expect(await room.one('byhand')).toMatchObject({ phase: 'stopped', want: { state: 'down' } })
  }
  expect(await room.stead('stop', ...COUNTERS)).toMatchObject({ code: 0 })
  for (const name of COUNTERS) {
    const { duplicates, torn } = await expectAllLines(room, name, pids[name] as number)
    // An orderly end tears nothing.
    expect({ duplicates, torn }).toEqual({ duplicates: 0, torn: 0 })
  }
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})

async function pidsOf(room: Room): Promise<Record<string, number | null>> {
  return Object.fromEntries((await room.status()).services.map(({ id, pid }) => [id, pid]))
}

/** The programs themselves, by pid: a guard makes each the leader of a session. */
function leaders(room: Room): Map<number, string> {
  return new Map(
    room
      .programs()
      .filter(({ pid, session }) => pid === session)
      .map(({ pid, environment }) => [pid, environment.STEAD_SERVICE as string]),
  )
}

/** All lines up to the last that the program says it wrote. */
async function expectAllLines(room: Room, name: string, pid: number) {
  const last = written(room, name)
  await until(`the last line of ${name} is stored`, () => tally(room, name, pid).highest >= last)
  const found = tally(room, name, pid)
  console.log(`${name}: ${last} lines, ${found.duplicates} twice, ${found.torn} torn`)
  expect(found.missing).toEqual([])
  // One chunk at most at each kill: what was moved, and not yet noted as moved.
  expect(found.torn).toBeLessThanOrEqual(2 * ROUNDS)
  return found
}
