/** A service in TypeScript, packed by the published package as docs/guide/packaging.md says, and run. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const APP = `import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineService, run } from 'stead'

const service = defineService({
  name: 'clockd',
  start(context) {
    return new Promise<void>((resolve, reject) => {
      const server = createServer((_, response) => response.end(JSON.stringify({ ok: true })))
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => {
        console.log(\`listens on \${(server.address() as AddressInfo).port};\`)
        resolve()
      })
      context.onStop(() => server.close())
    })
  },
})
await run(service)
`
const MANIFEST = { name: 'clockd', version: '1.4.0', type: 'module', author: 'Example Ltd' }
/** Steps that a runner of GitHub alone can carry out. */
const OF_RUNNERS = /^(npm ci|sudo apt-get|gh release)/

interface Workflow {
  readonly jobs: { readonly pack: { readonly steps: readonly { readonly run?: string }[] } }
}

/** @param modules with stead as it is published, and what packs */
export async function packAsTheWorkflowDoes(project: string, modules: string): Promise<void> {
  mkdirSync(join(project, 'src'), { recursive: true })
  symlinkSync(modules, join(project, 'node_modules'))
  writeFileSync(join(project, 'package.json'), JSON.stringify(MANIFEST))
  writeFileSync(join(project, '.gitignore'), 'node_modules\n')
  writeFileSync(join(project, 'src', 'app.ts'), APP)
  bash('npx stead pack init', project)
  // Here for one system alone; the other four take as long each.
  const file = join(project, 'stead.pack.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^targets: .*$/m, 'targets: [linux-x64]'))
  const person = '-c user.name=Example -c user.email=ops@example.com'
  bash(`git init -q; git add .; git ${person} commit -qm first; git tag v1.4.0`, project)
  runSteps(project)
  assert.deepEqual(readdirSync(join(project, 'artefacts')).sort(), [
    'clockd_1.4.0_checksums.txt',
    'clockd_1.4.0_linux_x64.cdx.json',
    'clockd_1.4.0_linux_x64.tar.gz',
  ])
  const place = join(project, 'unpacked')
  mkdirSync(place)
  bash(`tar -xzf artefacts/*.tar.gz -C ${place}`, project)
  assert.equal(bash('./clockd --version', place), '1.4.0\n')
  await answersUntilInterrupted(join(place, 'clockd'))
}

/** As a runner does: each line by a bash of its own that ends at the first failure. */
function runSteps(project: string): void {
  const text = readFileSync(join(project, '.github/workflows/pack.yml'), 'utf8')
  const lines = (parse(text) as Workflow).jobs.pack.steps.flatMap(({ run }) => run ?? [])
  const env: Record<string, string> = {
    GITHUB_REF_NAME: 'v1.4.0',
    GITHUB_ENV: join(project, 'environment'),
  }
  writeFileSync(env.GITHUB_ENV as string, '')
  const own = lines.filter((line) => !OF_RUNNERS.test(line))
  assert.equal(own.length, 3, `${own.join('\n')}\nis more than this test knows`)
  for (const line of own) {
    bash(line, project, env)
    const said = readFileSync(env.GITHUB_ENV as string, 'utf8').trim()
    for (const pair of said.split('\n').filter(Boolean))
      env[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1)
  }
  assert.match(env.SOURCE_DATE_EPOCH ?? '', /^\d{10}$/)
  const tag = lines.find((line) => line.includes('GITHUB_REF_NAME'))
  assert.throws(() => bash(tag ?? '', project, { ...env, GITHUB_REF_NAME: 'v9.9.9' }))
}

async function answersUntilInterrupted(executable: string): Promise<void> {
  const child = spawn(executable, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  try {
    let said = ''
    let port: string | undefined
    for await (const chunk of child.stdout
      .setEncoding('utf8')
      .iterator({ destroyOnReturn: false })) {
      said += chunk
      port = /listens on (\d+);/.exec(said)?.[1]
      if (port !== undefined) break
    }
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`)
    assert.deepEqual(await answer.json(), { ok: true })
    child.stdout.resume()
    child.kill('SIGINT')
    assert.deepEqual(await ended, [0, null])
  } finally {
    child.kill('SIGKILL')
  }
}

function bash(line: string, cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', line], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 300_000,
  })
  assert.equal(status, 0, `${line}: ${stdout}${stderr}`)
  return stdout
}
