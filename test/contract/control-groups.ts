import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Exit } from '../../src/model/exit.ts'
import type { Child, Spawner, SpawnRequest } from '../../src/model/ports/spawner.ts'
import { incarnationMark, marksOf } from '../../src/model/program-marks.ts'
import {
  type ControlGroups,
  controlGroups,
} from '../../src/platform/posix/cgroup/control-groups.ts'
import { treeUsage } from '../../src/platform/posix/usage.ts'
import { cgroupRoom, NO_CGROUPS } from './cgroup-room.ts'
import { until } from './until.ts'
import { wholeLines } from './whole-lines.ts'

const ESCAPE = fileURLToPath(new URL('../fixtures/programs/escape.sh', import.meta.url))

/** What every spawner has to do with control groups, on a real hierarchy of version 2. */
export function controlGroupContract(name: string, make: (groups: ControlGroups) => Spawner): void {
  describe.skipIf(NO_CGROUPS !== null)(`${name} ${NO_CGROUPS ?? ''}`.trim(), () => {
    const guardId = `t${process.pid}`
    let room: ReturnType<typeof cgroupRoom>
    let groups: ControlGroups
    let spawner: Spawner
    let place: string
    let incarnation = 0
    const living: Child[] = []

    beforeAll(() => {
      room = cgroupRoom()
      groups = controlGroups(() => ({ directory: room.directory, reason: null }))
      spawner = make(groups)
      place = mkdtempSync(join(tmpdir(), 'stead-groups-'))
    })
    afterEach(async () => {
      for (const child of living) child.signal('SIGKILL', 'tree')
      await until('nothing is left', () =>
        living.every((one) => one.survivors('tree').length === 0),
      )
      for (const child of living) child.release?.()
      living.length = 0
    })
    afterAll(async () => {
      spawner.close()
      rmSync(place, { recursive: true })
      await room.remove()
    })

    function start(args: readonly string[], changes: Partial<SpawnRequest> = {}) {
      incarnation += 1
      const exits: Exit[] = []
      const mark = incarnationMark(guardId, 'api', 1, incarnation)
      const request: SpawnRequest = {
        file: args[0] as string,
        args,
        cwd: place,
        env: { PATH: '/usr/bin:/bin', ...marksOf(mark, guardId) },
        stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
        user: null,
        group: null,
        supplementaryGroups: null,
        umask: null,
        nice: null,
        rlimits: {},
        cgroup: { memory: null },
        ...changes,
      }
      const { child, failure } = spawner.spawn(request, (exit) => exits.push(exit))
      if (child === null) throw new Error(`${failure.errno} ${failure.what}`)
      living.push(child)
      const path = join(room.directory, `stead.${mark}`)
      return { child, path, mark, exit: () => until('it ends', () => exits[0]) }
    }

    const members = (path: string): number[] =>
      readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)

    async function escaped() {
      const file = join(place, `pid-${incarnation + 1}`)
      const started = start([ESCAPE, file])
      const pid = await until(
        'the grandchild is away',
        () => wholeLines(file).length > 0 && Number(wholeLines(file)[0]),
      )
      // What has written the file may still be on its way out.
      await until('two are left', () => members(started.path).length === 2)
      return { ...started, pid }
    }

    test('a program is in its group before it is itself, and so is whatever it starts', async () => {
      const file = join(place, 'seen')
      const { child, path, exit } = start([
        '/bin/sh',
        '-c',
        'cat /proc/self/cgroup > "$1"',
        'sh',
        file,
      ])
      expect(child.cgroup).toEqual({ path, controllers: [], reason: null })
      expect(await exit()).toEqual({ kind: 'code', code: 0 })
      expect(readFileSync(file, 'utf8')).toMatch(
        new RegExp(`^0::/.*${path.split('/').at(-1)}$`, 'm'),
      )
    })

    test('a group goes when nothing is left of its life', async () => {
      const { child, path, exit } = start(['true'])
      expect(existsSync(path)).toBe(true)
      await exit()
      await until('it is empty', () => child.survivors('group').length === 0)
      child.release?.()
      expect(existsSync(path)).toBe(false)
    })

    test('a group that is given up while somebody lives in it goes later', async () => {
      const { child, path } = start(['sleep', '1000'])
      await until('it has arrived', () => members(path).length === 1)
      child.release?.()
      expect(existsSync(path)).toBe(true)
      child.signal('SIGKILL', 'leader')
      await until('a later start removes it', () => {
        start(['true'])
        return !existsSync(path)
      })
    })

    test('P03 who has left session, environment and parent behind is a survivor, and is ended', async () => {
      const { child, path, pid, exit } = await escaped()
      child.signal('SIGTERM', 'leader')
      await exit()
      expect(child.survivors('group').map((one) => one.pid)).toEqual([pid])
      expect(child.signal('SIGKILL', 'tree')).toEqual([pid])
      await until('it has ended', () => child.survivors('tree').length === 0)
      child.release?.()
      expect(existsSync(path)).toBe(false)
    })

    test('P03 a whole tree that forks all the time ends at once', async () => {
      const { child, path } = start([
        ...['/bin/sh', '-c'],
        'fork() { setsid env -i /bin/sh -c "while :; do (sleep 0.01 &); done" & }; fork; fork; wait',
      ])
      await until('it forks', () => members(path).length > 4)
      child.signal('SIGKILL', 'tree')
      await until('nothing is left', () => members(path).length === 0)
    })

    test('a signal to the tree reaches who escaped', async () => {
      const { child, pid } = await escaped()
      expect(child.signal('SIGTERM', 'tree')).toContain(pid)
      await until('all have ended', () => child.survivors('tree').length === 0)
    })

    test('a later guard finds what has no environment any more, and its group', async () => {
      const { child, path, pid, mark, exit } = await escaped()
      child.signal('SIGKILL', 'leader')
      await exit()
      const found = spawner.findByEnvironment('STEAD_GUARD', guardId)
      const stray = found.find(({ identity }) => identity.pid === pid)
      expect(stray).toMatchObject({
        isLeader: false,
        environment: { STEAD_SERVICE: 'api', STEAD_INSTANCE: '1', STEAD_INCARNATION: mark },
      })
      expect(spawner.findByEnvironment('STEAD_GUARD', 'another')).toEqual([])
      const adopted = spawner.adopt(stray?.identity as never, () => {})
      expect(adopted?.cgroup?.path).toBe(path)
      adopted?.signal('SIGKILL', 'tree')
      await until('it has ended', () => adopted?.survivors('tree').length === 0)
      adopted?.release?.()
      expect(existsSync(path)).toBe(false)
    })

    test('empty groups of an earlier guard are removed, others stay', async () => {
      const { child, path } = start(['sleep', '1000'])
      await until('it has arrived', () => members(path).length === 1)
      const left = groups.open(incarnationMark(guardId, 'gone', 1, 9), { memory: null })
      const other = groups.open(incarnationMark('another', 'gone', 1, 9), { memory: null })
      groups.sweep(guardId)
      expect([left, other].map(({ fact }) => existsSync(fact.path as string))).toEqual([
        false,
        true,
      ])
      expect(members(path)).toEqual([child.identity.pid])
      expect(other.group?.remove()).toBe(true)
    })

    test('what is measured is the group, with who escaped', async () => {
      const { child, pid } = await escaped()
      const usage = treeUsage(groups)
      const root = child.identity.pid
      const extents = await usage.extents([root])
      expect(extents.get(root)?.processes).toBe(2)
      const used = (await usage.sample([root, process.pid])).get(root)
      expect(used?.memory).toBeGreaterThan(100_000)
      expect(used?.cpu).toBeGreaterThan(0)
      expect(pid).not.toBe(root)
    })

    test('who escaped can become the program, which is measured by the same group', async () => {
      const { child, path, pid, exit } = await escaped()
      const ends: Exit[] = []
      const main = spawner.follow(child, { pid, speaker: child.identity.pid }, (end) =>
        ends.push(end),
      )
      expect(main?.cgroup?.path).toBe(path)
      expect(groups.keptOf(pid)?.path).toBe(path)
      child.signal('SIGKILL', 'leader')
      await exit()
      expect(main?.signal('SIGKILL', 'tree')).toEqual([pid])
      await until('it has ended', () => ends[0])
      await until('nothing is left', () => main?.survivors('tree').length === 0)
      main?.release?.()
      expect([existsSync(path), groups.keptOf(pid)]).toEqual([false, null])
    })

    test('a program of another user is in its group as well', async () => {
      if (process.geteuid?.() !== 0) return
      const { child, path } = start(['sleep', '1000'], { user: 'nobody', umask: 0o27 })
      await until('it has arrived', () => members(path).includes(child.identity.pid))
    })

    test('a program that cannot be started leaves no group behind', () => {
      expect(() => start(['/nowhere/at/all'])).toThrow(/ENOENT/)
      expect(existsSync(join(room.directory, `stead.${guardId}.api.1.${incarnation}`))).toBe(false)
    })

    test('where no group can be made the program runs without, and it is said why', async () => {
      const nowhere = controlGroups(() => ({ directory: '/nowhere', reason: null }))
      const other = make(nowhere)
      try {
        const { child } = other.spawn(
          {
            ...{
              file: 'true',
              args: ['true'],
              cwd: '/',
              env: { PATH: '/usr/bin:/bin' },
              stdio: [],
            },
            ...{ user: null, group: null, supplementaryGroups: null, umask: null, nice: null },
            ...{ rlimits: {}, cgroup: { memory: 1 } },
          },
          () => {},
        )
        const reason = '/nowhere is not writable for the guard (ENOENT)'
        expect(child?.cgroup).toEqual({ path: null, controllers: [], reason })
      } finally {
        other.close()
      }
    })
  })
}
