import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Exit } from '../../src/model/exit.ts'
import type { Child, Spawner, SpawnRequest } from '../../src/model/ports/spawner.ts'
import { until } from './until.ts'

/** What a shell, without opening anything, tells about itself. */
const SEES = `
cat /proc/$$/status; echo ==; cat /proc/$$/stat; echo ==; umask; echo ==
cat /proc/$$/limits; echo ==; tr '\\0' '\\n' < /proc/$$/environ; echo ==; readlink /proc/$$/cwd; echo ==
ls /proc/$$/fd; echo ==; ps -o ni= -p $$ 2>/dev/null || nice
`
const isRoot = process.geteuid?.() === 0

/** What a spawner of POSIX has to do beyond {@link file://./spawning.ts}, on real programs. */
export function spawnerContract(name: string, make: () => Spawner): void {
  describe(name, () => {
    let spawner: Spawner
    let place: string
    let count = 0
    const living: Child[] = []

    beforeAll(() => {
      spawner = make()
      place = mkdtempSync(join(tmpdir(), 'stead-spawner-'))
    })
    afterEach(async () => {
      for (const child of living) child.signal('SIGKILL', 'tree')
      await until('nothing is left', () =>
        living.every((one) => one.survivors('tree').length === 0),
      )
      living.length = 0
    })
    afterAll(() => {
      spawner.close()
      rmSync(place, { recursive: true })
    })

    const fresh = (): string => {
      count += 1
      return join(place, String(count))
    }

    function request(args: readonly string[], changes: Partial<SpawnRequest> = {}): SpawnRequest {
      return {
        file: args[0] as string,
        args,
        cwd: place,
        env: { PATH: '/usr/bin:/bin', STEAD_INCARNATION: fresh() },
        stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
        user: null,
        group: null,
        supplementaryGroups: null,
        umask: null,
        nice: null,
        rlimits: {},
        ...changes,
      }
    }

    function start(args: readonly string[], changes: Partial<SpawnRequest> = {}) {
      const exits: Exit[] = []
      const asked = request(args, changes)
      const { child, failure } = spawner.spawn(asked, (exit) => exits.push(exit))
      if (child === null) throw new Error(`${failure.errno} ${failure.what}`)
      living.push(child)
      const exit = () => until('it ends', () => exits[0])
      return { child, exits, exit, mark: asked.env.STEAD_INCARNATION as string }
    }

    async function output(args: readonly string[], changes: Partial<SpawnRequest> = {}) {
      const path = fresh()
      const stdio = [
        { kind: 'null' },
        { kind: 'append', path, mode: 0o600 },
        { kind: 'null' },
      ] as const
      const { exit, child } = start(args, { stdio, ...changes })
      expect(await exit()).toEqual({ kind: 'code', code: 0 })
      return { text: readFileSync(path, 'utf8'), child }
    }

    async function seen(changes: Partial<SpawnRequest> = {}) {
      const { text, child } = await output(['sh', '-c', SEES], changes)
      const parts = text.split('==\n')
      const [status, stat, umask, limits, environ, cwd, descriptors, nice] = parts as string[]
      const field = (key: string): string | undefined =>
        new RegExp(`^${key}:\\s*(.*?)\\s*$`, 'm').exec(status ?? '')?.[1]
      const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
      return { child, field, fields, umask, limits, environ, cwd, descriptors, nice }
    }

    function refused(args: readonly string[], changes: Partial<SpawnRequest> = {}) {
      const { child, failure } = spawner.spawn(request(args, changes), () => {})
      if (child !== null) living.push(child)
      return failure
    }

    /** Starts a program that says a line when it is ready, into a file. */
    async function ready(script: string) {
      const path = fresh()
      const stdio = [
        { kind: 'null' },
        { kind: 'append', path, mode: 0o600 },
        { kind: 'null' },
      ] as const
      const started = start(['sh', '-c', script], { stdio })
      const said = await until('it is ready', () => /^(.*)\n/.exec(readFileSync(path, 'utf8'))?.[1])
      return { ...started, said }
    }

    test('L14 a code is a code and a signal is a signal', async () => {
      expect(await start(['sh', '-c', 'exit 137']).exit()).toEqual({ kind: 'code', code: 137 })
      const killed = await start(['sh', '-c', 'kill -KILL $$']).exit()
      expect(killed).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })
      expect(killed).not.toHaveProperty('code')
    })

    test('L03 a program that is not there, no program, not executable, without its interpreter', () => {
      expect(refused(['no-such-program'])).toMatchObject({
        errno: 'ENOENT',
        what: 'no-such-program',
      })
      expect(refused(['/no/such'])).toMatchObject({ errno: 'ENOENT', what: '/no/such' })
      expect(refused([place])).toMatchObject({ errno: 'EACCES', what: place })
      const script = fresh()
      writeFileSync(script, '#!/no/interpreter -x\n')
      expect(refused([script])).toMatchObject({ errno: 'EACCES', what: script })
      chmodSync(script, 0o755)
      expect(refused([script])).toMatchObject({ errno: 'ENOENT', what: '/no/interpreter' })
      expect(refused([script])?.remedy).toContain(script)
      expect(refused([script], { umask: 0o22 })).toMatchObject({ errno: 'ENOENT' })
    })

    test('L03 a directory that is none, an unknown user, a NUL in an argument', () => {
      expect(refused(['true'], { cwd: '/no/dir' })).toMatchObject({
        errno: 'ENOENT',
        what: '/no/dir',
      })
      expect(refused(['true'], { cwd: '/etc/passwd' })?.errno).toBe('ENOTDIR')
      const user = 'no-such-user'
      expect(refused(['true'], { user })).toMatchObject({ errno: 'ENOENT', what: `user ${user}` })
      expect(refused(['true'], { group: user })).toMatchObject({ what: `group ${user}` })
      expect(refused(['true', 'a\0b'])?.errno).toBe('EINVAL')
      for (const { remedy } of [refused(['nothing']), refused(['true'], { user })].flatMap(
        (one) => one ?? [],
      )) {
        expect(remedy).not.toBe('')
      }
    })

    test('P07 only declared descriptors, an empty mask, default dispositions, a session of its own', async () => {
      const { fields, child, descriptors, cwd } = await seen()
      expect(descriptors?.trim().split('\n')).toEqual(['0', '1', '2'])
      // Not of the shell, which blocks signals while it starts another program.
      const { text } = await output(['cat', '/proc/self/status'])
      expect(text).toMatch(/^SigBlk:\s0+$/m)
      expect(text).toMatch(/^SigIgn:\s0+$/m)
      expect([fields[2], fields[3]]).toEqual([`${child.identity.pid}`, `${child.identity.pid}`])
      expect(cwd?.trim()).toBe(place)
    })

    test('P07 descriptors come where they are declared, also crosswise', async () => {
      const [one, other] = [fresh(), fresh()]
      const [a, b] = [openSync(one, 'w'), openSync(other, 'w')]
      const high = Math.max(a, b)
      const stdio = Array.from({ length: high + 1 }, () => ({
        kind: 'null' as const,
      })) as SpawnRequest['stdio'][number][]
      stdio[a] = { kind: 'fd', fd: b }
      stdio[b] = { kind: 'fd', fd: a }
      const node = `fs.writeSync(${a},'to a');fs.writeSync(${b},'to b')`
      const { exit } = start([process.execPath, '-e', node], { stdio })
      closeSync(a)
      closeSync(b)
      expect(await exit()).toEqual({ kind: 'code', code: 0 })
      expect([readFileSync(one, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['to b', 'to a'])
    })

    test('P07 umask, limits and niceness as declared, and the environment is not touched by them', async () => {
      const env = { PATH: '/usr/bin:/bin', ONE: '1' }
      const rlimits = { openFiles: 77, coreSize: 0 }
      const { umask, limits, nice, environ } = await seen({ umask: 0o027, nice: 5, rlimits, env })
      expect(Number.parseInt(umask ?? '', 8)).toBe(0o027)
      expect(limits).toMatch(/Max open files\s+77\s+77/)
      expect(limits).toMatch(/Max core file size\s+0\s+0/)
      expect(nice?.trim()).toBe('5')
      expect(environ?.trim().split('\n').sort()).toEqual(['ONE=1', 'PATH=/usr/bin:/bin'])
    })

    test.runIf(isRoot)('P07 user, group and supplementary groups as declared', async () => {
      const both = await seen({
        user: 'nobody',
        group: 'daemon',
        supplementaryGroups: ['7', 'sys'],
        cwd: '/',
      })
      expect(both.field('Uid')).toBe('65534\t65534\t65534\t65534')
      expect(both.field('Gid')).toBe('1\t1\t1\t1')
      expect(both.field('Groups')?.split(' ').sort()).toEqual(['3', '7'])
      const alone = await seen({ user: 'daemon', cwd: '/' })
      expect(alone.field('Uid')).toBe('1\t1\t1\t1')
      expect(alone.field('Groups')).toBe('1')
    })

    test('P07 a variable may have the pid of the program, and nothing else is touched by that', async () => {
      const env = { PATH: '/usr/bin:/bin', ONE: '1' }
      for (const umask of [null, 0o027]) {
        const { environ, child } = await seen({ env, umask, pidVariable: 'LISTEN_PID' })
        const pid = `LISTEN_PID=${child.identity.pid}`
        expect(environ?.trim().split('\n').sort()).toEqual([pid, 'ONE=1', 'PATH=/usr/bin:/bin'])
      }
    })

    test('P09 arguments and variables arrive exactly', async () => {
      const values = [
        'a b',
        '"',
        "'",
        '%d%%',
        '$HOME',
        ';ls',
        'two\nlines',
        'żółw 🐢',
        '',
        'end\\',
        '-n',
        '*',
      ]
      const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]))
      const program = `console.log(JSON.stringify([process.argv.slice(1), process.env]))`
      for (const changes of [{}, { umask: 0o22, nice: 3 }]) {
        const args = [process.execPath, '-e', program, '--', ...values]
        const { text } = await output(args, { env, ...changes })
        expect(JSON.parse(text)).toEqual([values, env])
      }
    })

    test('P01 ignores SIGTERM: SIGKILL ends it', async () => {
      const { child, exit, exits } = await ready(
        'trap "" TERM; echo ready; while :; do sleep 1; done',
      )
      expect(child.signal('SIGTERM', 'leader')).toEqual([child.identity.pid])
      expect(child.survivors('group').map((one) => one.pid)).toContain(child.identity.pid)
      expect(exits).toEqual([])
      child.signal('SIGKILL', 'group')
      expect(await exit()).toMatchObject({ kind: 'signal', signal: 'SIGKILL' })
    })

    test('P02 the leader is gone and a member of its group ignores SIGTERM: it is a survivor until it is killed', async () => {
      const { child, exit, said } = await ready(
        // It says its pid itself, when it is deaf.
        `sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' &`,
      )
      await exit()
      const pids = (): number[] => child.survivors('group').map((one) => one.pid)
      expect(pids()).toContain(Number(said))
      child.signal('SIGTERM', 'group')
      expect(pids()).toContain(Number(said))
      expect(child.signal('SIGKILL', 'group')).toContain(Number(said))
      await until('the group is empty', () => pids().length === 0)
      expect(child.signal('SIGKILL', 'group')).toEqual([])
    })

    test('P03 a grandchild in a session of its own is found, by pid, and ended', async () => {
      const { child, exit, said } = await ready(
        'setsid sh -c "echo \\$\\$; exec sleep 1000" & wait',
      )
      child.signal('SIGKILL', 'leader')
      await exit()
      await until('only the other session is left', () => child.survivors('group').length === 0)
      expect(child.survivors('tree').map((one) => one.pid)).toEqual([Number(said)])
      expect(child.signal('SIGTERM', 'tree')).toEqual([Number(said)])
      await until('nothing is left', () => child.survivors('tree').length === 0)
    })

    test('P04 a stopped program follows SIGTERM', async () => {
      const { child, exit } = await ready(
        'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done',
      )
      child.signal('SIGSTOP', 'leader')
      await until('it is stopped', () =>
        /\) T /.test(readFileSync(`/proc/${child.identity.pid}/stat`, 'utf8')),
      )
      child.signal('SIGTERM', 'leader')
      expect(await exit()).toEqual({ kind: 'code', code: 7 })
    })

    test('P06 500 children die at once: none is missed', async () => {
      const path = fresh()
      execFileSync('mkfifo', [path])
      const gate = openSync(path, 'r+')
      const stdio = [{ kind: 'fd', fd: gate }, { kind: 'null' }, { kind: 'null' }] as const
      const children = Array.from({ length: 500 }, () => start(['head', '-c1'], { stdio }))
      // One byte for each, in one write.
      writeFileSync(gate, 'x'.repeat(500))
      const exits = await Promise.all(children.map(({ exit }) => exit()))
      closeSync(gate)
      expect(exits.every((one) => one.kind === 'code' && one.code === 0)).toBe(true)
    })

    test('children of node are left to node', async () => {
      const mine = Array.from({ length: 20 }, () => start(['false']))
      const theirs = Array.from(
        { length: 20 },
        () =>
          new Promise((resolve) =>
            execFile('sh', ['-c', 'exit 3'], (error) => resolve(error?.code)),
          ),
      )
      expect(await Promise.all(theirs)).toEqual(theirs.map(() => 3))
      for (const { exit } of mine) expect(await exit()).toEqual({ kind: 'code', code: 1 })
    })

    test('another process of the tree is the program from now on, and the tree stays the same', async () => {
      const { child, exits, said } = await ready('setsid sleep 1000 & echo $!; exec sleep 1000')
      const pid = Number(said)
      const ends: Exit[] = []
      const speaker = child.identity.pid
      const main = spawner.follow(child, { pid, speaker }, (exit) => ends.push(exit))
      expect(main?.identity.pid).toBe(pid)
      const tree = main?.survivors('tree').map((one) => one.pid)
      expect(tree?.sort()).toEqual([speaker, pid].sort())
      child.signal('SIGKILL', 'leader')
      await until('the former program has ended', () => exits[0])
      expect(main?.survivors('tree')).toEqual([main?.identity])
      expect(main?.signal('SIGTERM', 'leader')).toEqual([pid])
      expect(await until('its end is told', () => ends[0])).toBeDefined()
      expect(main?.survivors('tree')).toEqual([])
      expect(ends).toHaveLength(1)
    })

    test('P05 nobody of another tree becomes the program, nor one that has ended', async () => {
      const { child } = await ready('echo ready; exec sleep 1000')
      const stranger = start(['sleep', '1000']).child.identity.pid
      for (const pid of [stranger, process.pid, 1, 4_000_000]) {
        expect(spawner.follow(child, { pid, speaker: pid }, () => {})).toBe(null)
      }
    })

    test('an adopted program is watched to its end, and found by its environment', async () => {
      const { child, mark } = await ready('echo ready; exec sleep 1000')
      const [found] = spawner.findByEnvironment('STEAD_INCARNATION', mark)
      expect(found).toMatchObject({ identity: child.identity, isLeader: true })
      expect(found?.environment.PATH).toBe('/usr/bin:/bin')
      const exits: Exit[] = []
      const adopted = spawner.adopt(child.identity, (exit) => exits.push(exit))
      expect(adopted?.own).toBe(false)
      expect(adopted?.survivors('tree')).toEqual([child.identity])
      expect(adopted?.signal('SIGTERM', 'tree')).toEqual([child.identity.pid])
      expect(await until('its end is told', () => exits[0])).toEqual({ kind: 'unknown' })
      expect(adopted?.survivors('tree')).toEqual([])
    })
  })
}
