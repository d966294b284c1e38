import { closeSync, openSync, readSync, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { monotonic } from '../arrivals.ts'
import type { Logs, Peer } from '../peer.ts'
import { forgetPeaks, peakMemory } from '../processes.ts'
import type { Row, RowContext } from '../row.ts'
import { withRun } from '../run-of-programs.ts'
import type { Samples } from '../table.ts'
import type { Workspace } from '../workspace.ts'

const ROTATE = 16_000_000
const LINE = 100
const LIMIT = 120_000
/** Without a change for so long, what is not in the files is lost. */
const SILENCE = 5_000

export const output: Row = {
  name: 'output',
  title: 'The output of one program, into rotated files',
  about:
    'One program prints lines of 100 bytes as fast as it is let, from its main() until its last line is in the files; MB are those that it printed, without time stamps. Files are rotated every 16 MB. Afterwards every line is looked for. Growth is that of the highest resident size of the processes of the supervisor.',
  rounds: 2,
  patience: 40_000,
  figures: [
    { key: 'raw', head: 'raw MB/s', statistic: 'median', digits: 0, ratio: true },
    { key: 'stamped', head: 'stamped MB/s', statistic: 'median', digits: 0 },
    { key: 'growth', head: 'growth MiB', statistic: 'max', digits: 1 },
    { key: 'lost', head: 'lines lost', statistic: 'max', digits: 0 },
  ],
  leavesOut: ({ formats }) => (formats.length === 0 ? 'it keeps output nowhere in files' : null),
  async run(peer, context) {
    const samples: Record<string, number[]> = {}
    for (const logs of peer.formats) {
      const one = await flood(peer, context, logs)
      for (const [key, values] of Object.entries(one)) {
        samples[key] = [...(samples[key] ?? []), ...values]
      }
    }
    return samples
  },
}

async function flood(peer: Peer, { work, quick }: RowContext, logs: Logs): Promise<Samples> {
  const bytes = quick ? 20_000_000 : 256_000_000
  const options = {
    count: 1,
    autostart: true,
    logs,
    rotate: ROTATE,
    words: ['flood', String(bytes)],
  }
  return withRun(peer, work, options, async (run) => {
    const { supervisor, arrivals } = run
    await run.boot()
    const own = supervisor.own()
    forgetPeaks(own)
    const resident = peakMemory(own)
    const begin = run.signal(0, 'SIGUSR1')
    // The program speaks again when everything is written, though not yet in the files.
    await arrivals.all([0], begin, `${peer.name}, output`, LIMIT)
    const end = await allInFiles(() => supervisor.logFiles(0), bytes)
    const growth = peakMemory(own) - resident
    return {
      [logs]: [bytes / 1000 / (end - begin)],
      growth: [Math.max(0, growth)],
      lost: [await linesLost(work, bytes / LINE, supervisor.logFiles(0))],
    }
  })
}

/** When as much was in the files as it takes, or when nothing came any more for some seconds. */
function allInFiles(files: () => string[], bytes: number): Promise<number> {
  const known = files()[0]
  if (known === undefined) throw new Error('nothing was written to any log')
  const expected = (bytes / LINE) * firstLine(files())
  return new Promise((done) => {
    let last = monotonic()
    const watcher = watch(dirname(known), look)
    const timer = setInterval(() => {
      if (monotonic() - last > SILENCE) end()
    }, 500)
    look()

    function look(): void {
      last = monotonic()
      if (sizeOf(files()) >= expected) end()
    }

    function end(): void {
      clearInterval(timer)
      watcher.close()
      done(last)
    }
  })
}

/** The bytes of a line with whatever was put before it. */
function firstLine(files: readonly string[]): number {
  for (const file of files) {
    const buffer = Buffer.alloc(1000)
    const fd = openSync(file, 'r')
    const end = buffer.subarray(0, readSync(fd, buffer)).indexOf('\n')
    closeSync(fd)
    if (end > 0) return end + 1
  }
  throw new Error('no whole line is in any log')
}

function sizeOf(files: readonly string[]): number {
  // A file may get another name between the two calls; the next event finds it.
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  return sizes.reduce((sum, one) => sum + one, 0)
}

async function linesLost(work: Workspace, lines: number, files: string[]): Promise<number> {
  const answer = await work.run(work.program, ['check', String(lines), ...files])
  const [whole = Number.NaN, , twice] = answer.trim().split(' ').map(Number)
  if (twice !== 0) throw new Error(`${twice} lines are there twice`)
  return lines - whole
}
