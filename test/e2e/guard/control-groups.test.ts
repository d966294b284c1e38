/** Programs with a control group of their own: nothing gets away, whatever it does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cgroupRoom, NO_CGROUPS } from '../../contract/cgroup-room.ts'
import { until } from '../../contract/until.ts'
import { wholeLines } from '../../contract/whole-lines.ts'
import { kill, lives } from './processes.ts'
import { openRoom, type Room } from './room.ts'
import { PROGRAMS } from './stead.ts'

const isRoot = process.geteuid?.() === 0
const why = NO_CGROUPS === null ? '' : ` (left out: ${NO_CGROUPS})`
const groupTest = (title: string, act: () => Promise<void>): void =>
  test.skipIf(NO_CGROUPS !== null)(`${title}${why}`, act)

/** A room whose guards run in a control group of the test. */
function openGroupRoom() {
  const groups = cgroupRoom()
  // Registered first and so called last: by then everything in it is ended.
  onTestFinished(() => groups.remove())
  const room = openRoom()
  const enter = ['/bin/sh', '-c', 'echo 0 > "$0" && exec "$@"', `${groups.directory}/cgroup.procs`]
  const made = (): readonly string[] =>
    readdirSync(groups.directory, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => name)
  return { room, up: () => room.up({ under: enter }), made, directory: groups.directory }
}

const escaping = (room: Room, more: Readonly<Record<string, unknown>> = {}) => ({
  command: ['/bin/sh', `${PROGRAMS}/escape.sh`, pidFile(room)],
  ready: { log: 'is away' },
  cgroup: true,
  stop: [{ signal: 'SIGTERM', wait: '300ms' }],
  ...more,
})
const pidFile = (room: Room): string => join(room.directory, 'away')
const awayPid = (room: Room): number => Number(wholeLines(pidFile(room))[0])

groupTest(
  'P02 P03 a grandchild without session, environment and parent is gone after stop',
  async () => {
    const { room, up, made, directory } = openGroupRoom()
    room.write({ escape: escaping(room), plain: { command: ['/bin/sleep', '1000'] } })
    await up()
    const [grouped, plain] = await room.running('escape', 'plain')
    const pid = awayPid(room)
    expect(lives(pid)).toBe(true)
    // Nothing but its group tells whose it is.
    expect(room.programs('escape').map((one) => one.pid)).not.toContain(pid)
    const path = grouped?.cgroup?.path ?? ''
    expect(path.startsWith(`${directory}/stead.`)).toBe(true)
    expect(readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n')).toContain(String(pid))
    expect(plain).not.toHaveProperty('cgroup')
    const { stdout } = await room.stead('explain', 'escape')
    expect(stdout).toContain(`control group ${path}, `)

    expect(await room.stead('stop', 'escape')).toMatchObject({ code: 0 })
    expect(lives(pid)).toBe(false)
    expect(await room.one('escape')).toMatchObject({ phase: 'stopped', survivors: [] })
    expect(made()).toEqual([])
    expect(lives(plain?.pid ?? 0)).toBe(true)
    expect(await room.stead('down')).toMatchObject({ code: 0 })
  },
)

groupTest(
  'P02 what a crash leaves is ended before the next life, which has a group of its own',
  async () => {
    const { room, up, made } = openGroupRoom()
    room.write({ escape: escaping(room, { restart: { when: 'always', delay: '10ms' } }) })
    await up()
    const [first] = await room.running('escape')
    const pid = awayPid(room)
    kill(first?.pid as number)
    const next = await room.waitFor(
      'escape',
      'has a second life',
      ({ incarnation, ready }) => incarnation === 2 && ready,
    )
    expect(lives(pid)).toBe(false)
    expect(awayPid(room)).not.toBe(pid)
    expect(next.cgroup?.path).not.toBe(first?.cgroup?.path)
    expect(made()).toEqual([next.cgroup?.path?.split('/').at(-1)])
    expect(await room.stead('down')).toMatchObject({ code: 0 })
    expect([made(), lives(awayPid(room))]).toEqual([[], false])
  },
)

groupTest('T02 a later guard takes on the group with the program', async () => {
  const { room, up, made } = openGroupRoom()
  room.write({ escape: escaping(room) })
  const guard = await up()
  const [before] = await room.running('escape')
  await guard.kill()
  await up()
  const [after] = await room.running('escape')
  expect(after).toMatchObject({ pid: before?.pid, cgroup: { path: before?.cgroup?.path } })
  expect(await room.stead('stop', 'escape')).toMatchObject({ code: 0 })
  expect([made(), lives(awayPid(room))]).toEqual([[], false])
})

groupTest('T02 a later guard ends what a program that died meanwhile has left', async () => {
  const { room, up, made } = openGroupRoom()
  room.write({ escape: escaping(room, { ready: undefined }) })
  const guard = await up()
  const [before] = await room.running('escape')
  const pid = await until('the grandchild is away', () => awayPid(room) > 0 && awayPid(room))
  await guard.kill()
  kill(before?.pid as number)
  await until('the program has ended', () => !lives(before?.pid as number))
  await up()
  const after = await room.waitFor(
    'escape',
    'lives anew',
    (one) => one.ready && one.pid !== before?.pid,
  )
  expect(lives(pid)).toBe(false)
  expect(made()).toEqual([after.cgroup?.path?.split('/').at(-1)])
  expect(await room.stead('down')).toMatchObject({ code: 0 })
})

groupTest('a service that is removed while no guard runs leaves no group', async () => {
  const { room, up, made } = openGroupRoom()
  room.write({ escape: escaping(room), other: { command: ['/bin/sleep', '1000'] } })
  const guard = await up()
  await room.running('escape')
  const pid = awayPid(room)
  await guard.kill()
  room.write({ other: { command: ['/bin/sleep', '1000'] } })
  await up()
  await room.running('other')
  await until('its tree is ended, and its group gone', () => !lives(pid) && made().length === 0)
})

test.skipIf(!isRoot || NO_CGROUPS !== null)(
  `where no group can be made, a service that asks for one runs without, and it is told${why}`,
  async () => {
    const room = openRoom({
      asks: { command: ['/bin/sleep', '1000'], cgroup: true, limits: { memory: '64M' } },
      plain: { command: ['/bin/sleep', '1000'], limits: { memory: '64M' } },
    })
    const mount = readFileSync('/proc/mounts', 'utf8').match(/^\S+ (\S+) cgroup2 /m)?.[1] as string
    const script = 'mount -o remount,bind,ro "$0" && exec "$@"'
    await room.up({ under: ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', script, mount] })
    await room.running('asks', 'plain')
    const reason = `${mount} is not writable for the guard (EROFS)`
    const warnings = (await room.events()).filter(
      (one) => one.type === 'guard' && one.severity === 4,
    )
    expect(warnings).toMatchObject([{ text: `asks has no control group of its own: ${reason}` }])
    expect((await room.stead('explain', 'asks')).stdout).toContain(`no control group: ${reason}`)
    expect((await room.stead('explain', 'plain')).stdout).not.toContain('control group')
    // Told once, not at each start.
    expect(await room.stead('restart', 'asks')).toMatchObject({ code: 0 })
    expect(
      (await room.events()).filter((one) => JSON.stringify(one).includes('EROFS')),
    ).toHaveLength(1)
    expect(existsSync(mount)).toBe(true)
  },
)
