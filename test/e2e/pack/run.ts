/**
 * `npm run e2e:pack`: what `stead pack` makes, installed, used and removed: packages in a real systemd in a
 * container, installers in Wine. Ends with a line of counts.
 * What follows is passed on to vitest: `npm run e2e:pack -- deb`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const work = mkdtempSync(join(tmpdir(), 'stead-pack-'))
const report = join(work, 'report.json')

try {
  const code = await vitest(process.argv.slice(2))
  const { passed, failed, skipped } = countsOf(report)
  if (code !== 0 && failed === 0) console.log(`vitest ended with code ${code}`)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = code === 0 && failed === 0 && passed > 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

function vitest(filters: readonly string[]): Promise<number | null> {
  const args = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--no-color']
  args.push('--config', 'test/e2e/pack/vitest.config.ts')
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`)
  return new Promise((done) => {
    const child = spawn(process.execPath, [...args, ...filters], { cwd: root, stdio: 'inherit' })
    child.on('close', done)
  })
}

function countsOf(file: string) {
  const counts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  return {
    passed: counts.numPassedTests ?? 0,
    failed: counts.numFailedTests ?? 0,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
  }
}
