/** What starts at logon: the real registry of a user, and guards that the command line in it starts. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RUN_KEY } from '../../../src/managers/run-keys/registration.ts'
import { userRegistry } from '../../../src/platform/win32/user-registry.ts'
import { describe, test } from '../../contract/harness.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'
import { isAlive, PATIENCE } from './any-program-room.ts'

const STEAD = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const registry = userRegistry()
let count = 0

interface Told {
  readonly services: readonly { readonly phase: string; readonly pid: number | null }[]
}

interface LogonRoom {
  readonly name: string
  readonly home: string
  stead(...args: string[]): { readonly code: number | null; readonly output: string }
  /** As before, and the exit code has to be 0. */
  must(...args: string[]): string
  /** The value below Run. */
  value(): string | null
  program(): Told['services'][number] | undefined
  log(): string
}

/** A home for one test, in a path with a blank and a CJK character; nothing is left of it. */
async function atLogon(use: (room: LogonRoom) => Promise<void> | void): Promise<void> {
  count += 1
  const name = `stead-logon-${process.pid}-${count}`
  const home = mkdtempSync(join(tmpdir(), 'st 家 '))
  const room: LogonRoom = {
    name,
    home,
    stead(verb = '', ...args) {
      const all = [STEAD, verb, '--scope', 'user', '--home', home, ...args]
      const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
      return { code: status, output: `${stdout}${stderr}` }
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
    program: () => (JSON.parse(room.stead('status', name, '--json').output) as Told).services[0],
    log: () =>
      readdirSync(home, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.log'))
        .map((path) => readFileSync(join(home, path), 'utf8'))
        .join('\n'),
  }
  try {
    await use(room)
  } finally {
    room.stead('uninstall', name)
    registry.remove(RUN_KEY, name)
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}

describe('a program at logon', () => {
  test(
    'S01 S03 is started by the line below Run, asked, stopped, started and removed',
    {
      timeout: 170_000,
    },
    () =>
      atLogon(async ({ name, must, stead, ...room }) => {
        const program = windowsProgram('polite')
        assert.match(
          must('install', name, '--autostart', '--', program),
          /starts at logon.*no service/,
        )
        const line = room.value() as string
        assert.ok(line.length <= 260, line)
        assert.equal(stead('status', name).code, 3)

        // Wine 8 has no `conhost.exe --headless`: what stands behind it is run, as a conhost would.
        const [, node = '', rest = ''] =
          /^"[^"]+\\conhost\.exe" --headless ("[^"]+") (.*)$/i.exec(line) ?? []
        const child = spawn(node.slice(1, -1), [rest], {
          argv0: node,
          windowsVerbatimArguments: true,
          detached: true,
          stdio: 'ignore',
        })
        child.unref()
        await until('it runs', () => room.program()?.phase === 'running', PATIENCE)
        const first = room.program()?.pid as number
        assert.ok(isAlive(first))
        must('start', name)
        assert.equal(room.program()?.pid, first)
        assert.match(must('list'), new RegExp(name))

        must('stop', name)
        assert.ok(!isAlive(first))
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

  test('S06 is updated in place, and the same again changes nothing', { timeout: 120_000 }, () =>
    atLogon(({ name, must, value }) => {
      const program = windowsProgram('polite')
      must('install', name, '--autostart', '--', program)
      const line = value()
      assert.match(must('install', name, '--autostart', '--', program), /nothing had to be changed/)
      assert.match(must('install', name, '--', program), /updated in place/)
      assert.equal(value(), null)
      assert.match(must('install', name, '--autostart', '--', program), /updated in place/)
      assert.equal(value(), line)
    }),
  )

  test('S07 a value of somebody else stays as it is', { timeout: 120_000 }, () =>
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

  test('S04 one that does not start is told, and its log says why', { timeout: 120_000 }, () =>
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
})
