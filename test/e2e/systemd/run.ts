/**
 * Boots a container with a systemd of its own and runs the suites of `inside/` in it: as root on the
 * machine's systemd, and as a fresh user on that user's. Ends with a line of counts.
 * `node test/e2e/systemd/run.ts guarded` runs those of `inside/` whose name begins so, as root.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bootContainer, CHECKOUT, type Container } from './container.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const USER = 'stead-e2e'
const REPORTS = '/var/tmp'
const checkout = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../..')
const total: Counts = { passed: 0, failed: 0, skipped: 0 }

// An exit handler of the container takes it down.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130))
}

const container = await bootContainer(checkout)
try {
  console.log(`booted a container with systemd: ${container.state}`)
  const only = process.argv.slice(2).map((name) => `systemd/inside/${name}`)
  if (only.length > 0) await vitest('system', only, [])
  else await all(container)
} finally {
  await container.close()
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function all(container: Container): Promise<void> {
  const user = addUser(container)
  await Promise.all([
    vitest('system', ['systemd/inside', 'systemd/reboot/before'], []),
    vitest('user', ['systemd/inside/contract', 'systemd/reboot/before'], user),
  ])
  await container.reboot()
  console.log(`booted it again: ${container.state}`)
  await Promise.all([
    vitest('system', ['systemd/reboot/after'], []),
    vitest('user', ['systemd/reboot/after'], user),
  ])
}

/** A user with a systemd of their own, which logind starts; and how to run as them. */
function addUser({ run }: Container): string[] {
  run(['useradd', '--create-home', '--shell', '/bin/bash', USER])
  run(['loginctl', 'enable-linger', USER])
  return [`--uid=${USER}`, '--property=PAMName=login']
}

/** Runs vitest inside, shows what it prints, and adds its counts. */
async function vitest(name: string, filters: string[], settings: string[]): Promise<void> {
  const report = `${REPORTS}/report-${name}.json`
  const bin = `${CHECKOUT}/node_modules/.bin`
  const args = [
    'run',
    '--config',
    'test/e2e/systemd/vitest.config.ts',
    '--no-color',
    '--configLoader=native',
  ]
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters)
  const [file, all] = container.inside(
    [`${bin}/vitest`, ...args],
    [`--setenv=PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, '--setenv=LANG=C.UTF-8', ...settings],
  )
  const code = await show(name, file, all)
  const counts = countsOf(join(container.root, report))
  if (counts === null || (code !== 0 && counts.failed === 0)) {
    console.log(
      `${name}: vitest ended with code ${code} and ${counts === null ? 'no report' : 'no failed test'}`,
    )
    total.failed++
  }
  total.passed += counts?.passed ?? 0
  total.failed += counts?.failed ?? 0
  total.skipped += counts?.skipped ?? 0
}

function show(name: string, file: string, args: string[]): Promise<number | null> {
  return new Promise((done) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) console.log(`${name} | ${line}`)
      })
    }
    child.on('close', done)
  })
}

function countsOf(path: string): Counts | null {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>
    return {
      passed: report.numPassedTests ?? 0,
      failed: report.numFailedTests ?? 0,
      skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    }
  } catch {
    return null
  }
}
