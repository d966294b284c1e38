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
import { whoElseChanges } from '../../../src/model/windows-way.ts'
import { fileDescriptor, ownerOf } from '../../../src/platform/win32/file-security.ts'
import { prepareGuardPlaces, prepareHome } from '../../../src/platform/win32/guard-directories.ts'
import { locks } from '../../../src/platform/win32/locks.ts'
import { ownIdentity } from '../../../src/platform/win32/token-identity.ts'
import { waysTo } from '../../../src/platform/win32/way-to.ts'
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

describe('a guard of an administrator', () => {
  // Wine shows the root of Unix as drive Z, and /tmp with the rights that it has there.
  const skip = existsSync('Z:\\tmp') ? false : 'there is no drive Z'

  test('takes no stead.yaml below a folder that everybody may write to, unless it is told to', {
    skip,
  }, async () => {
    const here = room()
    const open = mkdtempSync('Z:\\tmp\\stead-open-')
    try {
      const file = join(open, 'stead.yaml')
      const command = [process.execPath, '-e', STAYS]
      writeFileSync(file, JSON.stringify({ services: { web: { command } } }))
      const refused = here.stead('up', '-f', file)
      assert.equal(refused.code, 2, refused.stderr)
      assert.match(refused.stderr, /Everyone may change .*stead\.yaml.* by way of "Z:\\\\tmp"/)
      assert.match(refused.stderr, /and so act as an administrator/)
      here.must('up', '-d', '--allow-writable', '-f', file)
      here.must('down', '-f', file)
    } finally {
      await here.dispose()
      rmSync(open, { recursive: true, maxRetries: 30, retryDelay: 50 })
    }
  })

  test('nor one whose env file lies there, and runs on with what it has', {
    skip,
  }, async () => {
    const here = room()
    const open = mkdtempSync('Z:\\tmp\\stead-open-')
    try {
      here.services({ web: { js: STAYS } })
      await here.up()
      const { pid } = await here.untilPhase('web', 'running')
      writeFileSync(join(open, 'web.env'), 'A=1\n')
      here.services({ web: { js: STAYS, envFile: join(open, 'web.env') } })
      const refused = here.stead('apply')
      assert.equal(refused.code, 2, refused.stderr)
      assert.match(refused.stderr, /CONFIG_WRITABLE: Everyone may change .*web\.env/)
      assert.equal((await here.status('web'))?.pid, pid)
    } finally {
      await here.dispose()
      rmSync(open, { recursive: true, maxRetries: 30, retryDelay: 50 })
    }
  })

  // Wine makes no junctions: that what they lead to is looked at too is not shown here.
  test('of what is not there yet, whoever may add it counts', { skip }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'stead way '))
    const found = (path: string) => waysTo(path).map((way) => whoElseChanges(way)?.who ?? null)
    try {
      assert.deepEqual(found(join(directory, 'conf.d', '*.yaml')), [null])
      assert.deepEqual(found('Z:\\tmp\\conf.d\\a.yaml'), ['Everyone'])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('a guard in a console', () => {
  test('T08 T09 Ctrl-C stops everything in order, and the exit code is 0', {}, async () => {
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
      // With it, all that it has printed is there.
      const ended = once(guard, 'close')
      const pressed = spawnSync(process.execPath, [PRESS, String(guard.pid)], { encoding: 'utf8' })
      assert.equal(pressed.status, 0, pressed.stderr)
      assert.deepEqual(await ended, [0, null])
      assert.match(here.printed(), /web is stopped/)
      assert.match(here.printed(), /guard ended/)
    } finally {
      await here.dispose()
    }
  })

  test('S10 what Windows has not is refused with its line before anything starts', {}, async () => {
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
