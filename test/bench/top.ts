/**
 * What an open `stead top` costs the guard that it looks at: processor time of both in per cent of a
 * core, with 200 services that sleep, at the default interval. Needs tmux, which is the terminal.
 * `node test/bench/top.ts [SECONDS [SERVICES]]`
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [seconds = 20, services = 200] = process.argv.slice(2).map(Number)
const root = resolve(fileURLToPath(import.meta.url), '../../..')
const directory = mkdtempSync(join(tmpdir(), 'stead-bench-'))
const home = join(directory, 'h')
const stead = [process.execPath, join(root, 'bin', 'stead.js')]
/** USER_HZ of proc(5): a hundredth of a second. */
const TICK = 10

interface Row {
  readonly name: string
  readonly guard: number
  readonly top: number | null
}

const names = Array.from({ length: services }, (_, at) => `svc-${at}`)
const all = names.map((name) => [name, { command: ['/bin/sleep', '100000'] }])
writeFileSync(join(directory, 'stead.yaml'), JSON.stringify({ services: Object.fromEntries(all) }))

run([...stead, 'up', '-d', '--home', home])
try {
  const { guard } = JSON.parse(run([...stead, 'status', '--json', '--home', home])) as {
    guard: { pid: number }
  }
  // What a guard does after its start is over by then.
  await pause(5_000)
  const rows = [await measure('nobody looks', guard.pid)]
  tmux('new-session', '-d', '-x', '120', '-y', '50', [...stead, 'top', '--home', home].join(' '))
  try {
    await shown('svc-7')
    rows.push(await measure('top, 2 s', guard.pid))
    tmux('send-keys', '?')
    await shown('quit;')
    rows.push(await measure('top, its help', guard.pid))
    tmux('send-keys', 'Escape')
    tmux('send-keys', 'Enter')
    await shown('process')
    rows.push(await measure('top, one of them', guard.pid))
  } finally {
    tmux('kill-server')
  }
  rows.push(await often('status every 2 s, a command each', guard.pid))
  console.log(`### What looking costs the guard of ${services} services (${seconds} s each)\n`)
  console.log('| | guard, % of a core | top, % of a core |\n|---|---:|---:|')
  for (const { name, guard: own, top } of rows) {
    console.log(`| ${name} | ${own.toFixed(2)} | ${top === null ? '' : top.toFixed(2)} |`)
  }
} finally {
  run([...stead, 'down', '--home', home])
  rmSync(directory, { recursive: true, force: true })
}

/** Over so many seconds, after one in which what begins has begun. */
async function measure(name: string, guard: number): Promise<Row> {
  await pause(1_000)
  const top = topPid()
  const before = [cpuOf(guard), top === null ? 0 : cpuOf(top)] as const
  const begin = performance.now()
  await pause(seconds * 1_000)
  const took = performance.now() - begin
  const share = (now: number, then: number): number => (100 * (now - then)) / took
  return {
    name,
    guard: share(cpuOf(guard), before[0]),
    top: top === null ? null : share(cpuOf(top), before[1]),
  }
}

async function often(name: string, guard: number): Promise<Row> {
  const before = cpuOf(guard)
  const begin = performance.now()
  for (let at = 0; at < seconds / 2; at += 1) {
    run([...stead, 'status', '--home', home])
    await pause(begin + (at + 1) * 2_000 - performance.now())
  }
  return { name, guard: (100 * (cpuOf(guard) - before)) / (performance.now() - begin), top: null }
}

/** Milliseconds of processor time of all its threads so far. */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

function topPid(): number | null {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      if (words.includes('top') && words.includes(home)) return Number(name)
    } catch {
      // It has ended meanwhile.
    }
  }
  return null
}

async function shown(text: string): Promise<void> {
  const end = performance.now() + 15_000
  while (!tmux('capture-pane', '-p').includes(text)) {
    if (performance.now() > end) throw new Error(`no ${text} on the screen`)
    await pause(20)
  }
}

function tmux(...args: readonly string[]): string {
  return run(['tmux', '-u', '-S', join(directory, 't'), '-f', '/dev/null', ...args])
}

function run([file = '', ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: directory, encoding: 'utf8' })
  // 3: a service does not run.
  if (status !== 0 && status !== 3) throw new Error(`${file} ${args.join(' ')}: ${stderr}`)
  return stdout
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.max(0, milliseconds)))
}
