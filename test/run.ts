/**
 * `npm test`: everything, in order: format, lint, types, unit and contract tests, then each suite on
 * the real thing. `npm run e2e:NAME` runs one suite: `node test/run.ts NAME`.
 *
 * What a suite needs is installed when this is root on Debian; otherwise the suite is left out, by
 * name and with the reason. With CI=true leaving one out is a failure.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, cpus, setPriority } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { installPackages, missingPackages, whyNoInstall } from './setup/debian-packages.ts'
import { CHECK_PACKAGES, SUITES, type Suite } from './suites.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const bin = join(root, 'node_modules', '.bin')
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const leftOut: string[] = []
const broken: string[] = []

const only = process.argv.slice(2)
const unknown = only.filter((name) => !SUITES.some((suite) => suite.name === name))
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${SUITES.map((s) => s.name).join(', ')}`)
  process.exit(2)
}
if (only.length === 0) await runCheck()
const asked = SUITES.filter(({ name }) => only.length === 0 || only.includes(name))
for (const stage of new Set(asked.map((suite) => suite.stage))) {
  const suites = asked.filter((suite) => suite.stage === stage)
  await Promise.all(suites.map((suite) => runSuite(suite, suites.length > 1)))
}
report()

async function runCheck(): Promise<void> {
  title('check', 'format, lint, types, architecture, unit and contract tests')
  provide('check', CHECK_PACKAGES)
  const file = join(root, '.cache', 'unit.json')
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  // They only compute, and have what the tests leave of the processors.
  const checked = async (): Promise<void> => {
    await step('format and lint', 'npm', ['run', '--silent', 'lint'], 'lint | ', 'last')
    await step('types', 'npm', ['run', '--silent', 'types'], 'types | ', 'last')
  }
  await Promise.all([checked(), step('unit tests', join(bin, 'vitest'), args)])
  addCounts(countsOfVitest(file))
}

async function runSuite(suite: Suite, beside: boolean): Promise<void> {
  title(suite.name, suite.about)
  const obstacle = obstacleOf(suite) ?? provide(suite.name, suite.packages)
  if (obstacle !== null) {
    leftOut.push(`${suite.name}: ${obstacle}`)
    console.log(`left out: ${obstacle}`)
    return
  }
  const prefix = beside ? `${suite.name} | ` : ''
  const output = await step(suite.name, process.execPath, [join(root, suite.entry)], prefix)
  const closing = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
  if (closing === undefined) {
    broken.push(`${suite.name}: it ended without its line of counts`)
    return
  }
  const [passed = 0, failed = 0, skipped = 0] = closing.slice(1).map(Number)
  if (passed === 0) broken.push(`${suite.name}: it ran no test`)
  addCounts({ passed, failed, skipped })
}

function obstacleOf(suite: Suite): string | null {
  if (process.platform !== 'linux') return `it runs on Linux, this is ${process.platform}`
  if (process.arch !== 'x64') return `it runs on x64, this is ${process.arch}`
  return suite.needsRoot && process.getuid?.() !== 0 ? 'it needs root' : null
}

/** Installs what is missing; why it could not, or null. */
function provide(name: string, packages: readonly string[]): string | null {
  const missing = missingPackages(packages)
  if (missing.length === 0) return null
  const reason = whyNoInstall()
  if (reason !== null) return `it needs the Debian packages ${missing.join(' ')}, and ${reason}`
  try {
    installPackages(missing)
    return null
  } catch (error) {
    broken.push(`${name}: ${(error as Error).message}`)
    return `${missing.join(' ')} could not be installed`
  }
}

/**
 * Runs a command, shows its lines as they come, each behind `prefix`, and keeps them.
 *
 * @param turn `last` for what may wait while anything else has something to do
 */
function step(
  name: string,
  file: string,
  args: readonly string[],
  prefix = '',
  turn: 'normal' | 'last' = 'normal',
): Promise<string> {
  const began = performance.now()
  const busy = processorsBusy()
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' },
    })
    if (turn === 'last' && child.pid !== undefined)
      setPriority(child.pid, constants.priority.PRIORITY_LOW)
    let output = ''
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        output += `${line}\n`
        console.log(`${prefix}${line}`)
      })
    }
    child.on('error', (error) => broken.push(`${name}: ${error.message}`))
    child.on('close', (code, signal) => {
      if (code !== 0) broken.push(`${name}: ended with ${signal ?? `code ${code}`}`)
      const seconds = Math.round((performance.now() - began) / 1000)
      console.log(`${name} took ${seconds} s, with the processors ${busy()} % busy`)
      done(output)
    })
  })
}

/** How busy this machine is from now on, in percent, with whatever it does: where a suite only waits, another fits in. */
function processorsBusy(): () => number {
  const times = (): { idle: number; all: number } => {
    let idle = 0
    let all = 0
    for (const { times: one } of cpus()) {
      idle += one.idle
      all += one.idle + one.user + one.nice + one.sys + one.irq
    }
    return { idle, all }
  }
  const before = times()
  return () => {
    const { idle, all } = times()
    return Math.round(100 * (1 - (idle - before.idle) / (all - before.all)))
  }
}

function countsOfVitest(file: string): Counts {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
    return {
      passed: result.numPassedTests ?? 0,
      failed: result.numFailedTests ?? 0,
      skipped: (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0),
    }
  } catch {
    broken.push('unit tests: no result was written')
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

function addCounts(counts: Counts): void {
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}

function title(name: string, about: string): void {
  console.log(`\n== ${name}: ${about}`)
}

function report(): void {
  console.log('\n== result')
  for (const line of leftOut) console.log(`left out: ${line}`)
  for (const line of broken) console.log(`broken: ${line}`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  const incomplete = process.env.CI === 'true' && leftOut.length > 0
  if (incomplete) console.log('with CI=true no suite may be left out')
  process.exitCode = broken.length > 0 || total.failed > 0 || incomplete ? 1 : 0
}
