/**
 * `npm run bench:pack`: how long each target takes, how large what is made is, and how soon a packed
 * executable has listened and ended beside `node app.js` with stead as it is published. `ROUNDS=5` for a
 * quick look, `TARGETS=linux-x64` for a part.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PACK_TARGETS } from '../../../src/model/pack-spec.ts'
import { measureInTurn, tableOf } from '../measure.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const rounds = Number(process.env.ROUNDS ?? 20)
const targets = process.env.TARGETS?.split(',') ?? PACK_TARGETS
const room = mkdtempSync(join(tmpdir(), 'stead-bench-pack-'))

/** It listens, and has done its work. */
const APP = `import { createServer } from 'node:http'
import { defineService, run } from 'stead'
await run(defineService({
  name: 'bench',
  start: (context) => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      server.close()
      resolve()
      context.done()
    })
  }),
}))
`

try {
  must(process.execPath, [join(root, 'tools/build/build.ts')])
  mkdirSync(join(room, 'node_modules'))
  symlinkSync(join(root, 'dist'), join(room, 'node_modules', 'stead'))
  writeFileSync(join(room, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(room, 'app.js'), APP)
  writeFileSync(
    join(room, 'stead.pack.yaml'),
    'entry: app.js\nname: bench\nversion: 1.0.0\npublisher: bench\n',
  )
  console.log(packing().join('\n'))
  if (targets.includes('linux-x64')) console.log(coldStart())
} finally {
  rmSync(room, { recursive: true, force: true })
}

function packing(): string[] {
  const rows = targets.map((target) => {
    const out = join(room, target)
    const begin = performance.now()
    must(process.execPath, [join(root, 'bin/stead.js'), 'pack', '--only', target, '-o', out])
    const seconds = (performance.now() - begin) / 1000
    const archive = readdirSync(out).find((name) => /\.(zip|tar\.gz)$/.test(name)) ?? ''
    unpack(join(out, archive))
    const executable = join(out, target === 'win-x64' ? 'bench.exe' : 'bench')
    return `| ${target} | ${seconds.toFixed(1)} | ${megabytes(executable)} | ${megabytes(join(out, archive))} |`
  })
  return ['| | seconds | executable MB | archive MB |', '|---|---:|---:|---:|', ...rows, '']
}

function coldStart(): string {
  const packed = join(room, 'linux-x64', 'bench')
  const figures = measureInTurn(
    [
      { name: 'node app.js', file: process.execPath, args: [join(room, 'app.js')] },
      { name: 'packed', file: packed, args: [] },
      { name: 'node -e 0', file: process.execPath, args: ['-e', '0'] },
    ],
    rounds,
  )
  return tableOf('From the start to the end of a service that has listened', figures, 'node app.js')
}

function unpack(archive: string): void {
  const directory = resolve(archive, '..')
  if (archive.endsWith('.zip')) execFileSync('python3', ['-m', 'zipfile', '-e', archive, directory])
  else execFileSync('tar', ['-xzf', archive, '-C', directory])
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(1)
}

function must(file: string, args: readonly string[]): void {
  const { status } = spawnSync(file, args, { cwd: room, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
}
