import { setTimeout as delay } from 'node:timers/promises'
import { monotonic } from '../arrivals.ts'
import type { Peer } from '../peer.ts'
import { everybody, type Row, type RowContext } from '../row.ts'
import { type RunOfPrograms, withRun } from '../run-of-programs.ts'

const LONG_LIFE = 2_200
const SHORT_LIFE = 200
/** Between two crashes of programs whose restarts do not hang together. */
const APART = 8
/** So long one peer is asked that restarts after a second, in one round. */
const PATIENCE = 3_000

export const crash: Row = {
  name: 'crash',
  title: 'From the crash of a program to main() of its next life',
  about:
    'SIGKILL by the benchmark until the new process has reached main(), in milliseconds, for the first crash of each program: after a life of at least 2.2 s, and of 0.2 to 0.9 s.',
  rounds: 2,
  patience: 45_000,
  figures: [
    { key: 'long', head: 'long life p50 ms', statistic: 'p50', digits: 2, ratio: true },
    { key: 'long', head: 'p99 ms', statistic: 'p99', digits: 2, ratio: true },
    { key: 'short', head: 'short life p50 ms', statistic: 'p50', digits: 2, ratio: true },
    { key: 'short', head: 'p99 ms', statistic: 'p99', digits: 2, ratio: true },
    { key: 'long', head: 'crashes', statistic: 'count', digits: 0 },
  ],
  leavesOut: everybody,
  async run(peer, context) {
    const long = await crashes(peer, context, 'long')
    return { long, short: await crashes(peer, context, 'short') }
  },
}

async function crashes(peer: Peer, context: RowContext, life: 'long' | 'short'): Promise<number[]> {
  const count = context.quick ? 10 : 80
  // Each is to be young at its crash; so they are started one by one.
  const alone = peer.oneByOne && life === 'short'
  return withRun(peer, context.work, { count, autostart: !alone }, async (run) => {
    await run.boot()
    if (alone) return youngCrashes(run)
    await delay(life === 'long' ? LONG_LIFE : SHORT_LIFE)
    return peer.oneByOne ? crashesInTurn(run) : crashesApart(run)
  })
}

async function crashesApart(run: RunOfPrograms): Promise<number[]> {
  const times: Promise<number>[] = []
  for (const index of run.all) {
    times.push(crashAndRestart(run, index))
    await delay(APART)
  }
  return Promise.all(times)
}

async function crashesInTurn(run: RunOfPrograms): Promise<number[]> {
  const times: number[] = []
  const end = monotonic() + PATIENCE
  for (const index of run.all) {
    times.push(await crashAndRestart(run, index))
    if (monotonic() > end) break
  }
  return times
}

async function youngCrashes(run: RunOfPrograms): Promise<number[]> {
  const times: number[] = []
  const end = monotonic() + PATIENCE
  for (const index of run.all) {
    const begin = monotonic()
    const born = run.arrivals.all([index], begin, `${run.peer.name}, start of one`)
    await run.supervisor.start(index)
    await born
    await delay(SHORT_LIFE)
    times.push(await crashAndRestart(run, index))
    if (monotonic() > end) break
  }
  return times
}

async function crashAndRestart(run: RunOfPrograms, index: number): Promise<number> {
  const at = run.signal(index)
  const restarted = await run.arrivals.all([index], at, `${run.peer.name}, after a crash`, 20_000)
  return restarted - at
}
