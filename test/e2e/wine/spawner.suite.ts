/** The spawner of Windows, on the programs of test/fixtures/windows. */
import assert from 'node:assert/strict'
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpawnRequest } from '../../../src/model/ports/spawner.ts'
import { handleOf } from '../../../src/platform/win32/spawn/startup-handles.ts'
import { windowsSpawner } from '../../../src/platform/win32/spawn/windows-spawner.ts'
import { after, before, describe, test } from '../../contract/harness.ts'
import { BARE_ENV, type SpawnPlace, spawningContract, spawnPlace } from '../../contract/spawning.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'

spawningContract('the spawner of Windows, as every spawner', windowsSpawner)

describe('the spawner of Windows', () => {
  let place: SpawnPlace
  before(() => {
    place = spawnPlace(windowsSpawner())
  })
  after(async () => {
    await place.end()
    place.spawner.close()
  })

  const refused = (args: readonly string[], changes: Partial<SpawnRequest> = {}) =>
    place.spawner.spawn(place.request(args, changes), () => {}).failure

  /** What a program that is given these sees of itself. */
  async function told(args: readonly string[], changes: Partial<SpawnRequest> = {}) {
    const path = place.fresh()
    const env = { ...BARE_ENV, FIXTURE_OUT: path, ...changes.env }
    const { exit } = place.start(args, { ...changes, env })
    assert.deepEqual(await exit(), { kind: 'code', code: 0 })
    const lines = readFileSync(path, 'utf8').split('\0').slice(0, -1)
    const of = (kind: string): string[] =>
      lines.flatMap((line) => (line.startsWith(`${kind}\t`) ? [line.slice(kind.length + 1)] : []))
    return { args: of('argument'), cwd: of('directory')[0], variables: of('variable') }
  }

  test('L14 a code has thirty-two bits, and a crash is told by its own', {}, async () => {
    const code = (args: string[]) => place.start(args).exit()
    assert.deepEqual(await code([windowsProgram('exits'), '7']), { kind: 'code', code: 7 })
    assert.deepEqual(await code([windowsProgram('exits'), '0xffffffff']), {
      kind: 'code',
      code: 0xffffffff,
    })
    assert.deepEqual(await code([windowsProgram('crashes')]), { kind: 'code', code: 0xc0000005 })
  })

  test('L03 no program, a broken one, a directory that is none, and what Windows has nothing for', {}, () => {
    const text = join(place.folder, 'text.exe')
    writeFileSync(text, 'this is no program\n')
    assert.partialDeepStrictEqual(refused([text]), { errno: 'ENOEXEC', what: text })
    const script = join(place.folder, 'script.py')
    writeFileSync(script, 'print(1)\n')
    assert.match(refused([script])?.remedy ?? '', /name the interpreter/)
    for (const changes of [{ user: 'bob' }, { umask: 0o22 }, { nice: 3 }, { group: 'staff' }]) {
      const failure = refused([windowsProgram('exits')], changes)
      assert.partialDeepStrictEqual(failure, { errno: 'ENOTSUP', what: Object.keys(changes)[0] })
    }
  })

  test('P07 the program sees the descriptors that are declared, and no other handle', {}, async () => {
    const [one, other, hidden] = [place.fresh(), place.fresh(), place.fresh()]
    const open = openSync(hidden, 'a')
    const fd = openSync(one, 'a')
    const stdio = [
      { kind: 'null' },
      { kind: 'fd', fd },
      { kind: 'append', path: other, mode: 0o600 },
    ] as const
    const args = [windowsProgram('handles'), String(handleOf(open))]
    assert.deepEqual(await place.start(args, { stdio }).exit(), { kind: 'code', code: 0 })
    closeSync(fd)
    closeSync(open)
    assert.equal(readFileSync(one, 'utf8').trim(), `${args[1]} none`)
    assert.equal(readFileSync(other, 'utf8'), '')
  })

  test('P07 a descriptor from 3 on arrives under its number', {}, async () => {
    const path = place.fresh()
    const none = { kind: 'null' } as const
    const stdio = [none, none, none, none, { kind: 'append', path, mode: 0o600 }] as const
    const script = `require('node:fs').writeSync(4, 'to four')`
    assert.deepEqual(await place.start([process.execPath, '-e', script], { stdio }).exit(), {
      kind: 'code',
      code: 0,
    })
    assert.equal(readFileSync(path, 'utf8'), 'to four')
  })

  test('P07 the environment and the directory are those declared', {}, async () => {
    const cwd = join(place.folder, '守護 dir')
    mkdirSync(cwd)
    const seen = await told([windowsProgram('tells')], { cwd, env: { Zwei: 'żółw', ein: '1' } })
    assert.equal(seen.cwd, cwd)
    const names = seen.variables.map((line) => line.slice(0, line.indexOf('=', 1)))
    // Wine adds some of its own to whatever it starts, and changes the order.
    const declared = names.filter((name) => !/^(WINE|SystemDrive$)/.test(name))
    assert.deepEqual(declared.sort(), ['FIXTURE_OUT', 'PATH', 'SystemRoot', 'Zwei', 'ein'])
    assert.ok(seen.variables.includes('Zwei=żółw'))
  })

  test('P09 an executable with blanks and CJK in its path gets its arguments exactly', {}, async () => {
    const file = join(place.folder, '程序 one.exe')
    copyFileSync(windowsProgram('tells'), file)
    const values = [
      '',
      'a b',
      '\\',
      'a\\\\',
      'a\\"',
      '"" x',
      'two\nlines',
      '%PATH%',
      '守護 🐢',
      "'",
    ]
    assert.deepEqual((await told([file, ...values])).args, values)
    const env = { PATH: `"${place.folder}";${BARE_ENV.PATH}` }
    assert.deepEqual((await told(['程序 one', 'x'], { env })).args, ['x'])
  })

  test('P09 a batch file gets its arguments, and none of them becomes a command', {}, async () => {
    const script = join(place.folder, 'passes on.bat')
    writeFileSync(script, `@"${windowsProgram('tells')}" %*\r\n`)
    const trace = join(place.folder, 'trace.txt')
    const values = ['a b', `x&echo.>${trace}`, `"&echo.>${trace}&"`, '|<>^']
    // No `%`: cmd.exe of Wine does not leave it alone as the one of Windows does.
    const { args } = await told([script, ...values])
    assert.throws(() => readFileSync(trace), { code: 'ENOENT' })
    assert.deepEqual(args, values)
    assert.equal(refused([script, 'a\nb'])?.errno, 'EINVAL')
  })

  test('a script of Node runs with the node of its PATH, and tells where there is none', {}, async () => {
    const script = join(place.folder, 'seven.mjs')
    writeFileSync(script, 'process.exit(Number(process.argv[2]))')
    const PATH = join(process.execPath, '..')
    const exit = place.start([script, '9'], { env: { ...BARE_ENV, PATH } }).exit()
    assert.deepEqual(await exit, { kind: 'code', code: 9 })
    const failure = refused([script], { env: { PATH: place.folder } })
    assert.partialDeepStrictEqual(failure, { errno: 'ENOENT', what: 'node.exe' })
  })

  test('P02 a grandchild of a program that is gone is left, and is ended with the tree', {}, async () => {
    const env = { ...BARE_ENV, FAMILY_ORPHAN: '1' }
    const args = [windowsProgram('family'), '1']
    const { child, exit } = await place.ready(args, { env })
    assert.deepEqual(await exit(), { kind: 'code', code: 5 })
    assert.equal(child.survivors('tree').length, 1)
    assert.equal(child.signal('SIGKILL', 'tree').length, 1)
    await until('nothing is left', () => child.survivors('tree').length === 0)
  })

  test('P06 of seventy programs, more than one wait takes, no end is missed', {}, async () => {
    // 64 is MAXIMUM_WAIT_OBJECTS.
    const all = Array.from({ length: 75 }, (_, code) => ({
      code,
      exits: place.start([windowsProgram('exits'), String(code)]).exits,
    }))
    await until('all have ended', () => all.every(({ exits }) => exits.length > 0))
    assert.deepEqual(
      all.map(({ exits }) => exits),
      all.map(({ code }) => [{ kind: 'code', code }]),
    )
  })
})
