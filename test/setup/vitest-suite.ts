/** A suite on the real thing that is vitest's: runs it, and ends with the line of counts that suites end with. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../../..')

/** @param folder with its configuration; what follows on the command line is vitest's */
export async function runVitestSuite(folder: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), `stead-${basename(folder)}-`))
  const report = join(work, 'report.json')
  try {
    const code = await vitest(`${folder}/vitest.config.ts`, report)
    const { passed, failed, skipped } = countsOf(report)
    if (code !== 0 && failed === 0) console.log(`vitest ended with code ${code}`)
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
    process.exitCode = code === 0 && failed === 0 && passed > 0 ? 0 : 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function vitest(config: string, report: string): Promise<number | null> {
  const args = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--no-color']
  args.push('--config', config)
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`)
  args.push(...process.argv.slice(2))
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
    child.on('close', done)
  })
}

/** None of each where vitest was ended before it wrote its report. */
function countsOf(file: string) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}'
  const counts = JSON.parse(text) as Record<string, number>
  return {
    passed: counts.numPassedTests ?? 0,
    failed: counts.numFailedTests ?? 0,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
  }
}
