/** Where a guard keeps its things on this Windows, what it refuses, and how a console ends it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guardPlaces } from '../../../src/model/guard-places.ts'
import { homeOf } from '../../../src/model/home.ts'
import { fileDescriptor, ownerOf } from '../../../src/platform/win32/file-security.ts'
import { prepareGuardPlaces, prepareHome } from '../../../src/platform/win32/guard-directories.ts'
import { locks } from '../../../src/platform/win32/locks.ts'
import { ownIdentity } from '../../../src/platform/win32/token-identity.ts'
import { describe, test } from '../../contract/harness.ts'
import { room } from './guard-room.ts'

const PRESS = fileURLToPath(new URL('./programs/press.ts', import.meta.url))
const POLITE = `process.once('SIGINT', () => process.exit(21)); console.log('polite listens'); setInterval(() => {}, 1000)`
const STAYS = 'setInterval(() => {}, 1000)'

describe('the directories of an installation', () => {
  test('are made with their rights, and are nobody else’s', {}, () => {
    const root = join(mkdtempSync(join(tmpdir(), 'stead places ')), '家 home')
    const home = homeOf({ platform: 'win32', scope: 'user', env: {}, userHome: '', root })
    const places = guardPlaces(home, 'shop', '0123456789abcdef', 'win32')
    try {
      prepareGuardPlaces(home, places)
      prepareGuardPlaces(home, places)
      for (const path of [root, home.specs, home.state, places.state, places.run, places.logs]) {
        assert.equal(ownerOf(path), ownIdentity().user, path)
        // Everybody, and all who are logged on.
        assert.doesNotMatch(fileDescriptor(path) ?? '', /;;;(WD|BU|AU)\)/, path)
      }
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })

  test('of the system are below ProgramData, and of a user in the profile', {}, () => {
    const env = process.env
    const at = (scope: 'system' | 'user'): string =>
      homeOf({ platform: 'win32', scope, env, userHome: '', root: null }).state
    assert.equal(at('system'), `${env.ProgramData}\\stead\\state`)
    assert.equal(at('user'), `${env.LOCALAPPDATA}\\stead\\state`)
  })

  test('a directory where a file is in the way is told', {}, () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead places '))
    const root = join(directory, 'file')
    writeFileSync(root, '')
    const home = homeOf({ platform: 'win32', scope: 'user', env: {}, userHome: '', root })
    assert.throws(() => prepareHome(home), /CreateDirectoryW/)
    rmSync(directory, { recursive: true })
  })

  test('T05 a lock is one process’s, and goes with it', {}, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead lock '))
    const path = join(directory, 'lock')
    const first = await locks().acquire(path)
    assert.ok(first.lock !== null)
    assert.deepEqual(await locks().acquire(path), { lock: null, holder: process.pid })
    await first.lock.release()
    assert.equal(existsSync(path), false)
    rmSync(directory, { recursive: true })
  })
})

describe('a guard in a console', () => {
  test('T08 T09 Ctrl-C stops everything in order, and the exit code is 0', {
    timeout: 120_000,
  }, async () => {
    const here = room()
    try {
      const stop = [{ signal: 'CTRL_C', wait: '50s' }]
      here.services({ web: { js: STAYS }, polite: { js: POLITE, stop, ready: { log: 'listens' } } })
      const guard = await here.up()
      await here.untilPhase('web', 'running')
      await here.untilPhase('polite', 'running')
      // A guard with a console sends a messenger, and hears nothing of that itself.
      here.must('stop', 'polite')
      const { lastExit } = (await here.status('polite')) ?? {}
      assert.deepEqual(lastExit?.exit, { kind: 'code', code: 21 })
      assert.equal((await here.status('web'))?.phase, 'running')
      const ended = once(guard, 'exit')
      const pressed = spawnSync(process.execPath, [PRESS, String(guard.pid)], { encoding: 'utf8' })
      assert.equal(pressed.status, 0, pressed.stderr)
      assert.deepEqual(await ended, [0, null])
      assert.match(here.printed(), /web is stopped/)
      assert.match(here.printed(), /guard ended/)
    } finally {
      await here.dispose()
    }
  })

  test('S10 what Windows has not is refused with its line before anything starts', {
    timeout: 60_000,
  }, async () => {
    const here = room()
    try {
      here.services({ web: { js: STAYS, umask: '027', nice: 5 } })
      const { code, stderr } = here.stead('up')
      assert.equal(code, 2)
      assert.match(stderr, /stead\.yaml:1:\d+: services\.web\.umask: a guard on Windows has it not/)
      assert.match(stderr, /services\.web\.nice: .*windows\.priority/)
    } finally {
      await here.dispose()
    }
  })
})
