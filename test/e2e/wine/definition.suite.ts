/** What the definition of a service says, as the Windows at hand keeps it: files, rights, groups. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, toNamespacedPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whoMayReplace } from '../../../src/model/replaceable.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../../../src/model/windows-settings.ts'
import { fileSecurity } from '../../../src/platform/win32/file-security.ts'
import { after, describe, test } from '../../contract/harness.ts'
import { realScmSetup } from './scm-manager.setup.ts'

const setup = realScmSetup()
const manager = setup.makeManager()
const folder = mkdtempSync(join(tmpdir(), 'stead-definition-'))
after(() => {
  setup.dispose()
  rmSync(toNamespacedPath(folder), { recursive: true, force: true })
})

const COMMAND = fileURLToPath(new URL('../../../bin/stead.js', import.meta.url))
const APP = fileURLToPath(new URL('../../../examples/hello/app.ts', import.meta.url))

function stead(...args: string[]): { status: number | null; said: string } {
  const all = [COMMAND, ...args, '--home', join(folder, 'home')]
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' })
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
      rmSync(open, { recursive: true })
    }
  })
})
