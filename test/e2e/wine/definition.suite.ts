/** What the definition of a service says, as the Windows at hand keeps it: files, rights, groups. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, toNamespacedPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whoMayReplace } from '../../../src/model/replaceable.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../../../src/model/windows-settings.ts'
import { accountRights } from '../../../src/platform/win32/account-rights.ts'
import { accounts } from '../../../src/platform/win32/accounts.ts'
import { fileSecurity } from '../../../src/platform/win32/file-security.ts'
import { runningPrograms } from '../../../src/platform/win32/running-programs.ts'
import { after, describe, test } from '../../contract/harness.ts'
import { realScmSetup } from './scm-manager.setup.ts'

const setup = realScmSetup()
const manager = setup.makeManager()
const folder = mkdtempSync(join(tmpdir(), 'stead-definition-'))
after(() => {
  setup.dispose()
  rmSync(toNamespacedPath(folder), {
    ...{ recursive: true, force: true },
    ...{ maxRetries: 30, retryDelay: 50 },
  })
})

const COMMAND = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const APP = fileURLToPath(new URL('../../../examples/hello/app.ts', import.meta.url))

function stead(verb: string, ...args: string[]): { status: number | null; said: string } {
  return steadWith('', verb, ...args)
}

/** With something on standard input. */
function steadWith(
  input: string,
  verb: string,
  ...args: string[]
): { status: number | null; said: string } {
  const all = [COMMAND, verb, '--home', join(folder, 'home'), ...args]
  const options = { encoding: 'utf8', input } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, all, options)
  return { status, said: `${stdout}${stderr}` }
}

/** Starts the story as `settings` say; what it found is given back. */
async function storyOf(settings: Partial<ServiceSpec>) {
  const name = setup.newName()
  const file = setup.tempFile('definition')
  await manager.install(manager.plan(setup.story(name, ['--record', file], settings)))
  try {
    await manager.start(name)
    return JSON.parse((await setup.readText(file)) ?? '{}') as {
      cwd: string
      env: Record<string, string>
    }
  } finally {
    await manager.uninstall(name)
  }
}

describe('paths of a definition', () => {
  // 260 is MAX_PATH; each part stays below the 255 that a file system has for one.
  const long = join(folder, 'l'.repeat(120), 'ü'.repeat(60), 'long')
  const paths: readonly [string, string][] = [
    ['with blanks', join(folder, 'a folder  with blanks')],
    ['of Chinese, Japanese and Korean characters', join(folder, '服务 サービス 서비스')],
    ['of more than 260 characters', toNamespacedPath(long)],
  ]
  for (const [what, path] of paths) {
    test(`${what}: the env file is read`, {}, async () => {
      mkdirSync(path, { recursive: true })
      const envFile = join(path, 'app.env')
      writeFileSync(envFile, 'FROM_FILE=gelesen 读\n')
      const { env } = await storyOf({ envFile })
      assert.equal(env.FROM_FILE, 'gelesen 读')
    })
  }

  for (const [what, path] of paths.slice(0, 2)) {
    test(`${what}: the service starts in its directory`, {}, async () => {
      mkdirSync(path, { recursive: true })
      assert.equal((await storyOf({ cwd: path })).cwd, path)
    })
  }
})

describe('load order groups', () => {
  test('S06 are kept with their service, and taken away again', {}, async () => {
    const name = setup.newName()
    const windows = {
      ...WINDOWS_DEFAULTS,
      startGroup: 'Stead',
      dependsOnGroups: ['TDI', 'Stead 2'],
    }
    const spec = setup.story(name, [], { windows, dependsOn: ['RpcSs'] })
    await manager.install(manager.plan(spec))
    try {
      const { group, dependencies } = await setup.control.config(name)
      assert.deepEqual([group, dependencies], ['Stead', ['RpcSs', '+TDI', '+Stead 2']])
      // Wine forgets dependencies with each change, so what follows has none.
      const windowsOnly = { windows: { ...windows, dependsOnGroups: [] } }
      const grouped = setup.story(name, [], windowsOnly)
      await manager.install(manager.plan(grouped))
      assert.equal(await manager.install(manager.plan(grouped)), 'unchanged')
      assert.equal(await manager.install(manager.plan(setup.story(name, []))), 'updated')
      const plain = await setup.control.config(name)
      assert.deepEqual([plain.group, plain.dependencies], [null, []])
    } finally {
      await manager.uninstall(name)
    }
  })
})

describe('who may replace a program', () => {
  const security = fileSecurity()

  test('is read of files and folders, of long paths too', {}, async () => {
    const program = await security.descriptor(process.execPath)
    assert.match(program ?? '', /^O:S-.*D:.*\(A;/)
    assert.equal(whoMayReplace(program ?? '', 'file'), null)
    const long = join(folder, 'm'.repeat(150), 'n'.repeat(150))
    mkdirSync(toNamespacedPath(long), { recursive: true })
    assert.match((await security.descriptor(long)) ?? '', /D:.*\(A;/)
    assert.equal(await security.descriptor(join(folder, 'nothing')), null)
  })

  test('refuses one below a folder that everybody may write to, unless that is allowed', {
    // Wine shows the root of Unix as drive Z, and /tmp with the rights that it has there.
    skip: existsSync('Z:\\tmp') ? false : 'there is no drive Z',
  }, async () => {
    assert.equal(whoMayReplace((await security.descriptor('Z:\\tmp')) ?? '', 'folder'), 'Everyone')
    const open = mkdtempSync('Z:\\tmp\\stead-open-')
    try {
      const script = join(open, 'app.ts')
      writeFileSync(script, `import ${JSON.stringify(APP)}\n`)
      const name = setup.newName()
      const words = ['--native', '--restart', 'no', '--', process.execPath, script]
      const refused = stead('install', name, '--dry-run', ...words)
      assert.equal(refused.status, 2, refused.said)
      assert.match(refused.said, /Everyone can replace .*Z:\\\\tmp.*LocalService/)
      assert.match(refused.said, /--allow-writable/)
      const allowed = stead('install', name, '--dry-run', '--allow-writable', ...words)
      assert.equal(allowed.status, 0, allowed.said)
      assert.match(allowed.said, /Everyone can replace/)
    } finally {
      rmSync(open, { recursive: true, maxRetries: 30, retryDelay: 50 })
    }
  })
})

describe('accounts', () => {
  const me = userInfo().username
  const known = accounts()

  test('are looked up in this machine, by each way to write them', {}, async () => {
    for (const name of [me, `.\\${me}`]) assert.equal(await known.userExists(name), true, name)
    for (const name of ['nobody-here', '.\\nobody-here', 'NOWHERE\\gmsa$', 'Administrators']) {
      assert.equal(await known.userExists(name), false, name)
    }
  })

  test('S08 one that does not exist is refused before anything changes', {}, async () => {
    const name = setup.newName()
    const words = ['--user', '.\\nobody-here', '--native', '--', process.execPath, APP]
    const { status, said } = steadWith('secret', 'install', name, '--password-stdin', ...words)
    assert.equal(status, 2, said)
    assert.match(said, /no user .*nobody-here/)
    assert.match(said, /net user nobody-here \* \/add/)
    assert.equal(await setup.fingerprint(name), null)
  })

  test('a user is installed with a password from standard input, which nothing shows', {}, async () => {
    const name = setup.newName()
    const user = `.\\${me}`
    // The checkout may lie where everybody may write to.
    const quietly = ['--allow-writable', '--native', '--restart', 'no']
    const words = ['--user', user, ...quietly, '--', process.execPath, APP]
    const without = stead('install', name, ...words)
    assert.equal(without.status, 2, without.said)
    assert.match(without.said, /needs its password/)
    assert.equal(await setup.fingerprint(name), null)
    const first = steadWith('hunter2\n', 'install', name, '--password-stdin', ...words)
    try {
      assert.equal(first.status, 0, first.said)
      const { account } = await setup.control.config(name)
      assert.equal(account, user)
      const again = stead('install', name, ...words)
      assert.equal(again.status, 0, again.said)
      assert.match(again.said, /nothing had to be changed/)
      const changed = steadWith('other\n', 'password', name, '--password-stdin')
      assert.equal(changed.status, 0, changed.said)
      const listed = stead('list')
      assert.match(listed.said, new RegExp(`${name}.*manual.*${me}`))
      const all = [first, again, changed, listed].map(({ said }) => said).join()
      assert.doesNotMatch(all, /hunter2|other\b/)
      assert.doesNotMatch((await setup.fingerprint(name)) ?? '', /hunter2/)
    } finally {
      const { status, said } = stead('uninstall', name)
      assert.equal(status, 0, said)
    }
  })

  test('the right to log on as a service is given and taken without an error', {}, async () => {
    const rights = accountRights()
    await rights.giveLogOnAsService(`.\\${me}`)
    await rights.mayLogOnAsService(me)
    await rights.takeLogOnAsService(me)
    await rights.takeLogOnAsService(me)
    await assert.rejects(rights.giveLogOnAsService('nobody-here'), { number: 1332 })
  })
})

test('programs that run are told by name', {}, async () => {
  const programs = await runningPrograms().all()
  const own = programs.find(({ pid }) => pid === process.pid)
  assert.equal(own?.name.toLowerCase(), 'node.exe')
})
