/**
 * The published package: built, packed, installed into an empty project beside this one's own
 * dependencies, and used there as a library and as a command by a bare node.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packAsTheWorkflowDoes } from './packing.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const work = mkdtempSync(join(tmpdir(), 'stead-package-'))
const counts = { passed: 0, failed: 0, skipped: 0 }

try {
  build()
  const project = install()
  await check('the command answers with its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    assert.match(stead(project, ['--version']).stdout, new RegExp(version.replaceAll('.', '\\.')))
  })
  await check('a plan is made without a manager and without rights', () => {
    const { status, stdout } = stead(project, [
      'install',
      'web',
      '--manager=systemd',
      '--dry-run',
      '--json',
      '--',
      process.execPath,
      '-e',
      '0',
    ])
    assert.equal(status, 0)
    assert.equal((JSON.parse(stdout) as { plan: { manager: string } }).plan.manager, 'systemd')
  })
  await check('the client and its types are a part of it', () => {
    const code =
      "import { connect } from 'stead/client'; await connect({ socket: '/nowhere' }).catch((e) => console.log(e.code))"
    writeFileSync(join(project, 'client.mjs'), code)
    const { stdout, stderr } = run(process.execPath, ['client.mjs'], project)
    assert.equal(stdout, 'GUARD_UNREACHABLE\n', stderr)
    assert.ok(readFileSync(join(root, 'dist/client.d.ts'), 'utf8').includes('connect'))
  })
  await check('a service written against the library runs in the foreground and stops', () => {
    writeFileSync(
      join(project, 'app.mjs'),
      `import { defineService, run } from 'stead'
       await run(defineService({
         name: 'packed',
         start(context) { setImmediate(() => process.kill(process.pid, 'SIGTERM')); context.onStop(() => console.log('bye')) },
       }))`,
    )
    const { status, stdout, stderr } = run(process.execPath, ['app.mjs'], project)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /bye/)
  })
  await check('packs a service by what "stead pack init" has written, step by step', async () => {
    await packAsTheWorkflowDoes(join(work, 'packing'), join(project, 'node_modules'))
  })
  await check('types are there for every export', () => {
    const dist = join(project, 'node_modules', 'stead')
    const manifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as {
      exports: Record<string, { types: string } | string>
    }
    for (const target of Object.values(manifest.exports)) {
      if (typeof target === 'object')
        assert.ok(readFileSync(join(dist, target.types), 'utf8').length > 0)
    }
  })
  await check('nothing but compiled code, manifest, licence and texts is inside', () => {
    const files = readdirSync(join(project, 'node_modules', 'stead'), {
      recursive: true,
    }) as string[]
    const odd = files.filter((f) => /\.test\.|(?<!\.d)\.ts$|node_modules|^test|^\.ci/.test(f))
    assert.deepEqual(odd, [])
  })
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed === 0 ? 0 : 1

function build(): void {
  const { status, stdout, stderr } = run(
    process.execPath,
    [join(root, 'tools/build/build.ts')],
    root,
  )
  assert.equal(status, 0, stdout + stderr)
}

/** Unpacks the tarball as npm would, and borrows the checkout's runtime dependencies. */
function install(): string {
  const packed = run(
    'npm',
    ['pack', '--silent', '--pack-destination', work, join(root, 'dist')],
    root,
  )
  assert.equal(packed.status, 0, packed.stderr)
  const project = join(work, 'project')
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, 'stead'), { recursive: true })
  const tarball = join(work, packed.stdout.trim().split('\n').at(-1) as string)
  assert.equal(
    run('tar', ['-xzf', tarball, '-C', join(modules, 'stead'), '--strip-components=1'], work)
      .status,
    0,
  )
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'peerDependencies', Record<string, string>>
  // What packs is among the peers, which a project asks for by name.
  const names = Object.keys({ ...dependencies, ...peerDependencies })
  const folders = names.map((name) => name.split('/')[0] as string)
  // What two of them need themselves.
  for (const name of new Set([...folders, '@koromix', 'eslint-visitor-keys'])) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  mkdirSync(join(modules, '.bin'))
  symlinkSync('../stead/bin/stead.js', join(modules, '.bin', 'stead'))
  return project
}

function stead(project: string, args: readonly string[]): ReturnType<typeof run> {
  return run(process.execPath, [join(project, 'node_modules/stead/bin/stead.js'), ...args], project)
}

function run(
  file: string,
  args: readonly string[],
  cwd: string,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(file, args, { cwd, encoding: 'utf8', timeout: 120_000 })
}

async function check(title: string, body: () => void | Promise<void>): Promise<void> {
  try {
    await body()
    counts.passed += 1
    console.log(`ok ${title}`)
  } catch (error) {
    counts.failed += 1
    console.log(`not ok ${title}\n${String(error)}`)
  }
}
