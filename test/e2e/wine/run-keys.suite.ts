/** What starts at logon: the real registry of a user, and guards that the command line in it starts. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RUN_KEY } from '../../../src/managers/run-keys/registration.ts'
import { logonRegistry } from '../../../src/platform/win32/logon-registry.ts'
import { withCleanUp } from '../../contract/clean-up.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { isAlive, PATIENCE, textOrNothing } from './any-program-room.ts'

const STEAD = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const registry = logonRegistry('user')
const PROFILES = 'Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'
let count = 0

interface Told {
  readonly services: readonly { readonly phase: string; readonly pid: number | null }[]
}

interface LogonRoom {
  readonly name: string
  readonly home: string
  /** Where a user of this name has their AppData; one that is known to this Windows. */
  user(called: string): string
  stead(...args: string[]): {
    readonly code: number | null
    readonly stdout: string
    readonly output: string
  }
  /** As before, and the exit code has to be 0. */
  must(...args: string[]): string
  /** The value below Run. */
  value(): string | null
  program(): Told['services'][number] | undefined
  log(): string
}

/** A home for one test, in a path with a blank and a CJK character; nothing is left of it. */
async function atLogon(
  use: (room: LogonRoom) => Promise<void> | void,
  manager: readonly string[] = ['--scope', 'user'],
): Promise<void> {
  const registry = logonRegistry(manager.includes('user') ? 'user' : 'system')
  const users: string[] = []
  count += 1
  const name = `stead-logon-${process.pid}-${count}`
  const home = mkdtempSync(join(tmpdir(), 'st 家 '))
  const room: LogonRoom = {
    name,
    home,
    user(called) {
      const sid = `${PROFILES}\\S-1-5-21-${process.pid}-${count}-1-${1000 + users.length}`
      users.push(sid)
      const profile = join(home, called)
      logonRegistry('system').write(sid, 'ProfileImagePath', profile)
      return join(profile, 'AppData', 'Local')
    },
    stead(verb = '', ...args) {
      const all = [STEAD, verb, ...manager, '--home', home, ...args]
      const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
      return { code: status, stdout, output: `${stdout}${stderr}` }
    },
    must(...args) {
      const { code, output } = room.stead(...args)
      assert.equal(code, 0, `${args.join(' ')}: ${output}\n${room.log()}`)
      return output
    },
    value() {
      const found = registry.read(RUN_KEY, name)
      return found?.type === 'REG_SZ' ? found.data : null
    },
    program: () => (JSON.parse(room.stead('status', name, '--json').stdout) as Told).services[0],
    log: () =>
      readdirSync(home, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.log'))
        .map((path) => textOrNothing(join(home, path)))
        .join('\n'),
  }
  await withCleanUp(
    async () => use(room),
    () => {
      room.stead('uninstall', name)
      registry.remove(RUN_KEY, name)
      for (const sid of users) logonRegistry('system').removeKey(sid)
      rmSync(home, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 })
    },
  )
}

/** Wine 8 has no `conhost.exe --headless`: what stands behind it is run, as a conhost would. */
function logOn(line: string, env: Readonly<Record<string, string>> = {}): void {
  const [, node = '', rest = ''] =
    /^"[^"]+\\conhost\.exe" --headless ("[^"]+") (.*)$/i.exec(line) ?? []
  const child = spawn(node.slice(1, -1), [rest], {
    argv0: node,
    windowsVerbatimArguments: true,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
  child.unref()
}

describe('a program at logon', () => {
  test('S01 S03 is started by the line below Run, asked, stopped, started and removed', {}, () =>
    atLogon(async ({ name, must, stead, ...room }) => {
      const program = windowsProgram('polite')
      assert.match(
        must('install', name, '--autostart', '--', program),
        /starts at logon.*no service/,
      )
      const line = room.value() as string
      assert.ok(line.length <= 260, line)
      assert.equal(stead('status', name).code, 3)

      logOn(line)
      await until('it runs', () => room.program()?.phase === 'running', PATIENCE)
      const first = room.program()?.pid as number
      assert.ok(isAlive(first))
      must('start', name)
      assert.equal(room.program()?.pid, first)
      assert.match(must('list'), new RegExp(name))

      must('stop', name)
      assert.ok(!isAlive(first))
      // By Ctrl-C, which a process that was started apart does not hear by itself.
      assert.match(room.log(), /ended with code 3 \(stop\)/)
      assert.equal(stead('status', name).code, 3)
      must('start', name)
      const second = room.program()?.pid as number
      assert.ok(isAlive(second))
      must('restart', name)
      assert.ok(!isAlive(second))
      const third = room.program()?.pid as number
      assert.match(must('logs', name, '-n', '100'), /ready/)

      must('uninstall', name)
      assert.ok(!isAlive(third))
      assert.equal(room.value(), null)
      assert.equal(stead('status', name).code, 4)
      assert.deepEqual([registry.keys('Software\\stead'), room.log()], [[], ''])
    }),
  )

  test('S06 is updated in place, and the same again changes nothing', {}, () =>
    atLogon(({ name, must, value }) => {
      const program = windowsProgram('polite')
      must('install', name, '--autostart', '--', program)
      assert.match(must('install', name, '--autostart', '--', program), /nothing had to be changed/)
      assert.match(must('install', name, '--', program), /updated in place/)
      assert.equal(value(), null)
    }),
  )

  test('S07 a value of somebody else stays as it is', {}, () =>
    atLogon(({ name, stead, value }) => {
      registry.write(RUN_KEY, name, 'C:\\other.exe')
      const answers = [
        stead('install', name, '--autostart', '--', windowsProgram('polite')),
        stead('uninstall', name),
        stead('start', name),
      ]
      for (const { code, output } of answers) {
        assert.equal(code, 1, output)
        assert.match(output, /is not of this stead/)
      }
      assert.equal(value(), 'C:\\other.exe')
    }),
  )

  test('S04 one that does not start is told, and its log says why', {}, () =>
    atLogon(({ name, home, must, stead }) => {
      // Without a readiness of its own it would be ready while it runs, however short that is.
      const file = join(home, 'service.json')
      const command = [windowsProgram('exits'), '7']
      writeFileSync(file, JSON.stringify({ name, command, restart: 'no', ready: { log: 'never' } }))
      must('install', '-f', file)
      const { code, output } = stead('start', name)
      assert.equal(code, 1, output)
      assert.match(output, /did not start/)
      assert.match(must('logs', name, '-n', '100'), /code 7/)
    }),
  )

  test('S01 S07 of all users runs for each of them, and is removed for all', {}, () =>
    atLogon(
      async ({ name, must, user, ...room }) => {
        const users = [user('ann'), user('李 bob')]
        const as = <T>(local: string | undefined, use: () => T): T => {
          const own = process.env.LOCALAPPDATA
          process.env.LOCALAPPDATA = local
          try {
            return use()
          } finally {
            process.env.LOCALAPPDATA = own
          }
        }
        must('install', name, '--autostart', '--allow-writable', '--', windowsProgram('polite'))
        const line = room.value() as string
        assert.ok(line.length <= 260 && !line.includes(room.home), line)
        for (const LOCALAPPDATA of users) logOn(line, { LOCALAPPDATA })
        const isReady = (): boolean => room.log().match(/<6> ready \d+/g)?.length === users.length
        await until('it is ready for each of them', isReady, PATIENCE).catch((error: Error) => {
          throw new Error(`${error.message}\n${room.log()}`)
        })
        const pids = users.map((local) => as(local, () => room.program()?.pid as number))
        assert.deepEqual(pids.map(isAlive), [true, true])
        assert.equal(new Set(pids).size, 2)
        as(users[1], () => must('stop', name))
        assert.deepEqual(pids.map(isAlive), [true, false])

        must('uninstall', name)
        assert.deepEqual(pids.map(isAlive), [false, false])
        assert.deepEqual([room.value(), room.log()], [null, ''])
        assert.deepEqual(logonRegistry('system').keys('Software\\stead'), [])
      },
      ['--manager', 'run-key'],
    ),
  )
})
