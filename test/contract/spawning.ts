/** What every spawner has to do on every platform; the programs are Node, which there is everywhere. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exit } from '../../src/model/exit.ts'
import type { Child, Spawner, SpawnRequest } from '../../src/model/ports/spawner.ts'
import { after, before, describe, test } from './harness.ts'
import { until } from './until.ts'

export interface Started {
  readonly child: Child
  readonly exits: readonly Exit[]
  readonly mark: string
  exit(): Promise<Exit>
}

/** Starts programs for tests, and ends what they leave. */
export interface SpawnPlace {
  readonly spawner: Spawner
  readonly folder: string
  fresh(): string
  request(args: readonly string[], changes?: Partial<SpawnRequest>): SpawnRequest
  start(args: readonly string[], changes?: Partial<SpawnRequest>): Started
  /** Starts one that says lines, the first of them when it is ready. */
  ready(
    args: readonly string[],
    changes?: Partial<SpawnRequest>,
  ): Promise<Started & { said(): string }>
  /** Ends everything, and waits until it is gone. */
  end(): Promise<void>
}

/** The environment without which programs do not run, and nothing else. */
export const BARE_ENV: Readonly<Record<string, string>> =
  process.platform === 'win32'
    ? { PATH: process.env.PATH ?? '', SystemRoot: process.env.SystemRoot ?? '' }
    : { PATH: '/usr/bin:/bin' }

export function spawnPlace(spawner: Spawner): SpawnPlace {
  const folder = mkdtempSync(join(tmpdir(), 'stead-spawning-'))
  const living: Child[] = []
  let count = 0
  const place: SpawnPlace = {
    spawner,
    folder,
    fresh: () => {
      count += 1
      return join(folder, `${count}.txt`)
    },
    request: (args, changes = {}) => ({
      file: args[0] as string,
      args,
      cwd: folder,
      env: { ...BARE_ENV, STEAD_INCARNATION: place.fresh() },
      stdio: [{ kind: 'null' }, { kind: 'null' }, { kind: 'null' }],
      user: null,
      group: null,
      supplementaryGroups: null,
      umask: null,
      nice: null,
      rlimits: {},
      ...changes,
    }),
    start(args, changes) {
      const exits: Exit[] = []
      const asked = place.request(args, changes)
      const { child, failure } = spawner.spawn(asked, (exit) => exits.push(exit))
      if (child === null) throw new Error(`${failure.errno} ${failure.what}: ${failure.remedy}`)
      living.push(child)
      const mark = asked.env.STEAD_INCARNATION ?? ''
      return { child, exits, mark, exit: () => until('it ends', () => exits[0]) }
    },
    async ready(args, changes = {}) {
      const path = place.fresh()
      const none = { kind: 'null' } as const
      const out = { kind: 'append', path, mode: 0o600 } as const
      const started = place.start(args, { stdio: [none, out, none], ...changes })
      const said = (): string => readFileSync(path, 'utf8')
      await until('it is ready', () => /\n/.test(said()))
      return { ...started, said }
    },
    async end() {
      for (const child of living) child.signal('SIGKILL', 'tree')
      await until('nothing is left', () =>
        living.every((one) => one.survivors('tree').length === 0),
      )
      living.length = 0
      // Windows lets nobody remove a directory that a process is about to leave.
      await until('the folder can be removed', () => isRemoved(folder))
    },
  }
  return place
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false
    throw error
  }
}

const node = (script: string, ...args: string[]): string[] => [
  process.execPath,
  '-e',
  script,
  '--',
  ...args,
]
const WAITS = 'console.log(process.pid); setTimeout(() => {}, 600_000)'
/** Starts one that waits, says its pid, and does then what `then` says. */
const withChild = (then: string): string => `
  const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(WAITS)}], { stdio: 'ignore', detached: true })
  console.log(child.pid)
  ${then}`

export function spawningContract(name: string, make: () => Spawner): void {
  describe(name, () => {
    let place: SpawnPlace
    before(() => {
      place = spawnPlace(make())
    })
    after(async () => {
      await place.end()
      place.spawner.close()
    })

    test('L14 a code is a code, and what was killed has none', {}, async () => {
      const code = await place.start(node('process.exit(57)')).exit()
      assert.deepEqual(code, { kind: 'code', code: 57 })
      const { child, exit } = await place.ready(node(WAITS))
      assert.deepEqual(child.signal('SIGKILL', 'leader'), [child.identity.pid])
      const killed = await exit()
      assert.partialDeepStrictEqual(killed, { kind: 'signal', signal: 'SIGKILL' })
      assert.ok(!('code' in killed))
    })

    test('an exit is told once, and not before spawn has returned', {}, async () => {
      const first = place.start(node(''))
      assert.deepEqual(first.exits, [])
      await first.exit()
      await place.start(node('')).exit()
      assert.equal(first.exits.length, 1)
    })

    test('L03 a program and a directory that are not there, and a NUL in an argument', {}, () => {
      const refused = (args: readonly string[], changes: Partial<SpawnRequest> = {}) =>
        place.spawner.spawn(place.request(args, changes), () => {}).failure
      const missing = refused(['no-such-program'])
      assert.equal(missing?.errno, 'ENOENT')
      assert.equal(missing.what, 'no-such-program')
      assert.notEqual(missing.remedy, '')
      const path = join(place.folder, 'no-such-program')
      assert.partialDeepStrictEqual(refused([path]), { errno: 'ENOENT', what: path })
      assert.partialDeepStrictEqual(refused([place.folder]), { errno: 'EACCES' })
      const cwd = join(place.folder, 'none')
      assert.partialDeepStrictEqual(refused(node(''), { cwd }), { errno: 'ENOENT', what: cwd })
      const file = refused(node(''), { cwd: process.execPath })
      assert.partialDeepStrictEqual(file, { errno: 'ENOTDIR', what: process.execPath })
      assert.equal(refused(node('', 'a\0b'))?.errno, 'EINVAL')
    })

    test('P09 arguments and variables arrive exactly', {}, async () => {
      const values = [
        ...['a b', '"', "'", '%d%%', '%PATH%', '$HOME', ';ls', 'two\nlines', 'żółw 🐢 守護'],
        ...['', 'end\\', 'blank end \\', 'a\\"b', '\\\\server\\share', '-n', '*', '^&|<>()!', '\t'],
      ]
      const given = Object.fromEntries(values.map((value, index) => [`V${index}`, value]))
      const path = place.fresh()
      const script = `require('node:fs').writeFileSync(process.env.OUT, JSON.stringify([process.argv.slice(1), process.env]))`
      const env = { ...BARE_ENV, ...given, OUT: path }
      const { exit } = place.start(node(script, ...values), { env })
      assert.deepEqual(await exit(), { kind: 'code', code: 0 })
      const [args, variables] = JSON.parse(readFileSync(path, 'utf8'))
      assert.deepEqual(args, values)
      assert.partialDeepStrictEqual(variables, env)
    })

    test('P02 the program is gone and what it started is not: it is left, until it is ended', {}, async () => {
      const { child, exit, said } = await place.ready(node(withChild('process.exit(5)')))
      const other = Number(said().trim())
      assert.deepEqual(await exit(), { kind: 'code', code: 5 })
      const left = (): number[] => child.survivors('tree').map(({ pid }) => pid)
      assert.deepEqual(left(), [other])
      assert.deepEqual(child.signal('SIGKILL', 'tree'), [other])
      await until('nothing is left', () => left().length === 0)
      assert.deepEqual(child.signal('SIGKILL', 'tree'), [])
    })

    test('P03 what it started apart from itself is found, by pid, and ended with it', {}, async () => {
      const { child, exit, said } = await place.ready(
        node(withChild('setTimeout(() => {}, 600_000)')),
      )
      const pids = [child.identity.pid, Number(said().trim())]
      const left = (): number[] => child.survivors('tree').map(({ pid }) => pid)
      await until('both are there', () => pids.every((pid) => left().includes(pid)))
      child.signal('SIGKILL', 'tree')
      assert.equal((await exit()).kind, 'signal')
      await until('nothing is left', () => left().length === 0)
    })

    test('P04 a stopped program can be ended', {}, async () => {
      const { child, exit } = await place.ready(node(WAITS))
      assert.ok(child.signal('SIGSTOP', 'leader').length > 0)
      child.signal('SIGKILL', 'tree')
      assert.equal((await exit()).kind, 'signal')
    })

    test('P05 nobody else who has the pid is adopted, and an ended one is not signalled', {}, async () => {
      const { child, exits, exit } = place.start(node(WAITS))
      const { adopt } = place.spawner
      assert.equal(
        adopt({ ...child.identity, birth: '1' }, () => {}),
        null,
      )
      assert.equal(
        adopt({ ...child.identity, boot: 'other' }, () => {}),
        null,
      )
      assert.deepEqual(exits, [])
      child.signal('SIGKILL', 'tree')
      await exit()
      await until('nothing is left', () => child.survivors('tree').length === 0)
      for (const to of ['leader', 'group', 'tree'] as const) {
        assert.deepEqual(child.signal('SIGKILL', to), [])
      }
    })

    test('P05 another of its tree is the program from now on, and nobody of another tree', {}, async () => {
      const { child, exits, said } = await place.ready(
        node(withChild('setTimeout(() => {}, 600_000)')),
      )
      const pid = Number(said().trim())
      const stranger = place.start(node(WAITS)).child.identity.pid
      const speaker = child.identity.pid
      for (const wrong of [stranger, process.pid, 4_000_000]) {
        assert.equal(
          place.spawner.follow(child, { pid: wrong, speaker }, () => {}),
          null,
        )
      }
      const ends: Exit[] = []
      const main = place.spawner.follow(child, { pid, speaker }, (exit) => ends.push(exit))
      assert.equal(main?.identity.pid, pid)
      child.signal('SIGKILL', 'leader')
      await until('the former program has ended', () => exits[0])
      assert.deepEqual(ends, [])
      assert.deepEqual(main.signal('SIGKILL', 'leader'), [pid])
      await until('its end is told', () => ends[0])
      await until('nothing is left', () => main.survivors('tree').length === 0)
      assert.equal(ends.length, 1)
    })

    test('an adopted program is found by its environment, and watched to its end', {}, async () => {
      const { child, mark } = await place.ready(node(WAITS))
      const [found] = place.spawner.findByEnvironment('STEAD_INCARNATION', mark)
      assert.partialDeepStrictEqual(found, { identity: child.identity, isLeader: true })
      assert.equal(found?.environment.PATH ?? found?.environment.Path, BARE_ENV.PATH)
      const exits: Exit[] = []
      const adopted = place.spawner.adopt(child.identity, (exit) => exits.push(exit))
      assert.equal(adopted?.own, false)
      assert.deepEqual(adopted.survivors('tree'), [child.identity])
      assert.deepEqual(adopted.signal('SIGKILL', 'tree'), [child.identity.pid])
      await until('its end is told', () => exits[0])
      await until('nothing is left', () => adopted.survivors('tree').length === 0)
    })
  })
}
