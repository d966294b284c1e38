/** How programs of Windows are asked to end, and ended, on those of test/fixtures/windows. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Child } from '../../../src/model/ports/spawner.ts'
import { hasConsole, leaveConsole } from '../../../src/platform/win32/spawn/console-events.ts'
import { windowsSpawner } from '../../../src/platform/win32/spawn/windows-spawner.ts'
import { after, before, describe, test } from '../../contract/harness.ts'
import { BARE_ENV, type SpawnPlace, spawnPlace } from '../../contract/spawning.ts'
import { until } from '../../contract/until.ts'
import { windowsProgram } from '../../fixtures/windows-programs.ts'

describe('a program of Windows', () => {
  let place: SpawnPlace
  before(() => {
    leaveConsole()
    place = spawnPlace(windowsSpawner())
  })
  after(async () => {
    await place.end()
    place.spawner.close()
  })

  const left = (child: Child): number => child.survivors('tree').length

  /** A program of the Windows subsystem, once it has its window. */
  async function windowed(...how: string[]) {
    const path = place.fresh()
    const started = place.start([windowsProgram('window'), path, ...how])
    const notes = (): string => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return ''
      }
    }
    await until('it has its window', () => notes().startsWith('ready'))
    return { ...started, notes }
  }

  test('this process has no console of its own', {}, () => {
    assert.equal(hasConsole(), false)
  })

  test('P01 CTRL_C reaches a console program, and its code is its own', {}, async () => {
    const { child, exit, said } = await place.ready([windowsProgram('polite')])
    assert.deepEqual(child.signal('CTRL_C', 'leader'), [child.identity.pid])
    assert.deepEqual(await exit(), { kind: 'code', code: 3 })
    assert.match(said(), /event 0/)
  })

  test('P01 CTRL_BREAK reaches it as well, and neither ends this process', {}, async () => {
    const { child, exit, said } = await place.ready([windowsProgram('polite')])
    const reached = child.signal('CTRL_BREAK', 'leader')
    // Wine 8 can raise no Ctrl-Break, and says so.
    if (reached.length === 0) {
      assert.equal(left(child), 1)
      return
    }
    assert.deepEqual(await exit(), { kind: 'code', code: 4 })
    assert.match(said(), /event 1/)
  })

  test('P01 one that ignores Ctrl-C lives on until its job is ended', {}, async () => {
    const { child, exit, exits, said } = await place.ready([windowsProgram('stubborn')])
    child.signal('CTRL_C', 'leader')
    await until('it has had Ctrl-C', () => said().includes('event 0'))
    assert.deepEqual(exits, [])
    assert.deepEqual(child.signal('SIGKILL', 'tree'), [child.identity.pid])
    assert.deepEqual(await exit(), { kind: 'signal', signal: 'SIGKILL' })
    await until('nothing is left', () => left(child) === 0)
  })

  test('a program that does nothing about Ctrl-C ends by it', {}, async () => {
    const { child, exit } = await place.ready([windowsProgram('family')])
    child.signal('CTRL_C', 'leader')
    const ended = await exit()
    // STATUS_CONTROL_C_EXIT on Windows; Wine ends it with 0.
    assert.ok(ended.kind === 'code' && [0, 0xc000013a].includes(ended.code), JSON.stringify(ended))
  })

  test('Ctrl-C reaches Node, which ends in its own time', {}, async () => {
    const script = `process.once('SIGINT', () => process.exit(21)); console.log('ready'); setInterval(() => {}, 1000)`
    const { child, exit } = await place.ready([process.execPath, '-e', script])
    child.signal('CTRL_C', 'leader')
    assert.deepEqual(await exit(), { kind: 'code', code: 21 })
  })

  test('Ctrl-C reaches nobody in the console of another program', {}, async () => {
    const other = await place.ready([windowsProgram('polite')])
    const { child, exit } = await place.ready([windowsProgram('polite')])
    child.signal('CTRL_C', 'tree')
    await exit()
    assert.deepEqual(other.exits, [])
    assert.equal(other.said().includes('event'), false)
  })

  test('P02 the grandchildren hear Ctrl-C with the program that started them', {}, async () => {
    const { child, exit, said } = await place.ready([windowsProgram('family'), '2'])
    await until('all are there', () => said().match(/^pid/gm)?.length === 3)
    assert.equal(left(child), 3)
    child.signal('CTRL_C', 'leader')
    await exit()
    await until('nothing is left', () => left(child) === 0)
  })

  test('P02 what a program left behind hears Ctrl-C too, and is told by pid until it ends', {}, async () => {
    const env = { ...BARE_ENV, FAMILY_ORPHAN: '1' }
    const { child, exit, said } = await place.ready([windowsProgram('family'), '1'], { env })
    await until('the grandchild is there', () => said().match(/^pid/gm)?.length === 2)
    await exit()
    const [grandchild] = child.survivors('tree')
    assert.deepEqual(child.signal('CTRL_C', 'tree'), [grandchild?.pid])
    await until('nothing is left', () => left(child) === 0)
  })

  test('P08 what is raised in the console of programs, one after the other, never holds this process up', {}, async () => {
    for (let round = 0; round < 15; round += 1) {
      const { child, exit } = await place.ready([windowsProgram('polite')])
      assert.deepEqual(child.signal('CTRL_C', 'tree'), [child.identity.pid])
      assert.deepEqual(await exit(), { kind: 'code', code: 3 })
    }
  })

  test('P04 a suspended program follows Ctrl-C', {}, async () => {
    const { child, exit } = await place.ready([windowsProgram('polite')])
    assert.deepEqual(child.signal('SIGSTOP', 'group'), [child.identity.pid])
    child.signal('CTRL_C', 'leader')
    assert.deepEqual(await exit(), { kind: 'code', code: 3 })
  })

  test('WM_CLOSE reaches a window, and Ctrl-C reaches nobody there', {}, async () => {
    const { child, exit, notes } = await windowed()
    assert.deepEqual(child.signal('CTRL_C', 'leader'), [])
    assert.deepEqual(child.signal('WM_CLOSE', 'leader'), [child.identity.pid])
    assert.deepEqual(await exit(), { kind: 'code', code: 11 })
    assert.match(notes(), /WM_CLOSE/)
  })

  test('WM_QUIT ends a message loop that does not follow WM_CLOSE', {}, async () => {
    const { child, exit, notes } = await windowed('stays')
    child.signal('WM_CLOSE', 'leader')
    await until('it has had WM_CLOSE', () => notes().includes('WM_CLOSE'))
    assert.deepEqual(child.signal('WM_QUIT', 'leader'), [child.identity.pid])
    assert.deepEqual(await exit(), { kind: 'code', code: 12 })
  })

  test('P01 one that is deaf to both is ended with its job', {}, async () => {
    const { child, exit, notes } = await windowed('deaf')
    child.signal('WM_QUIT', 'leader')
    await until('it has had WM_QUIT', () => notes().includes('WM_QUIT'))
    child.signal('SIGKILL', 'tree')
    assert.deepEqual(await exit(), { kind: 'signal', signal: 'SIGKILL' })
  })

  test('messages reach nobody in a console program', {}, async () => {
    const { child, exits } = await place.ready([windowsProgram('polite')])
    assert.deepEqual(child.signal('WM_CLOSE', 'tree'), [])
    assert.deepEqual(child.signal('WM_QUIT', 'tree'), [])
    assert.deepEqual(exits, [])
  })

  test('names of signals that Windows does not have reach nobody', {}, async () => {
    const { child } = await place.ready([windowsProgram('polite')])
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      assert.deepEqual(child.signal(name, 'tree'), [])
    }
  })
})
