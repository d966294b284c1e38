/**
 * `npm run build`: compiles src/ into dist/, which is the package as it is published. A checkout runs
 * from src/ and never from dist/, so nothing here can be stale in development.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)

for (const path of ['bin', 'share', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
  cpSync(join(root, path), join(dist, path), { recursive: true })
}
for (const schema of [
  'service.schema.json',
  'stead.schema.json',
  'pack.schema.json',
  'openapi.json',
]) {
  cpSync(join(root, 'docs', 'reference', schema), join(dist, 'schema', schema))
}
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`)

/** The manifest without what only a checkout needs, its exports pointing at compiled files. */
function publishedManifest(): Record<string, unknown> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  for (const key of ['private', 'scripts', 'workspaces', 'devDependencies', 'allowScripts']) {
    delete manifest[key]
  }
  const exports = Object.entries(manifest.exports as Record<string, string>).map(([name, path]) => {
    if (!path.startsWith('./src/')) return [name, path]
    const compiled = path.replace('./src/', './').replace(/\.ts$/, '')
    return [name, { types: `${compiled}.d.ts`, default: `${compiled}.js` }]
  })
  return { ...manifest, exports: Object.fromEntries(exports) }
}
