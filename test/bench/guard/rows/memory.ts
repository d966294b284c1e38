import { setTimeout as delay } from 'node:timers/promises'
import { monotonic } from '../arrivals.ts'
import { memoryOf } from '../processes.ts'
import { everybody, type Row } from '../row.ts'
import { type RunOfPrograms, withRun } from '../run-of-programs.ts'

/** So long one peer may take for its restarts. */
const PATIENCE = 8_000
const LINES = '20'
/** The longest that any of them takes to come to rest, in milliseconds. */
const RESTS = 20_000

export const memory: Row = {
  name: 'memory',
  title: 'Memory with 200 programs and their logs',
  about: `MiB of all processes of the supervisor, loggers among them, when each of 200 programs has printed ${LINES} lines: what is private and dirty, and PSS (with its share of what is mapped by several). Then after as many crashes and restarts as it manages in the time given. Each time when it has come to rest: after a second and a half, or after ${RESTS / 1000} s for those that tidy up later.`,
  rounds: 1,
  patience: 80_000,
  figures: [
    { key: 'privateDirty', head: 'private dirty MiB', statistic: 'median', digits: 1, ratio: true },
    { key: 'pss', head: 'PSS MiB', statistic: 'median', digits: 1, ratio: true },
    { key: 'processes', head: 'processes', statistic: 'median', digits: 0 },
    { key: 'restarts', head: 'restarts', statistic: 'median', digits: 0 },
    { key: 'privateDirtyAfter', head: 'private dirty after', statistic: 'median', digits: 1 },
    { key: 'pssAfter', head: 'PSS after', statistic: 'median', digits: 1 },
  ],
  leavesOut: everybody,
  run: (peer, { work, quick, restarts }) => {
    const logs = peer.formats.includes('stamped') ? 'stamped' : 'raw'
    const count = quick ? 20 : 200
    const options = { count, logs, words: ['print', LINES], manyRestarts: true } as const
    return withRun(peer, work, options, async (run) => {
      const rests = quick ? 200 : Math.min(RESTS, peer.settles ?? 1_500)
      await run.boot()
      const own = run.supervisor.own()
      await delay(rests)
      const before = memoryOf(own)
      const done = await crashAll(run, quick ? 40 : restarts)
      await delay(rests)
      const after = memoryOf(run.supervisor.own())
      return {
        privateDirty: [before.privateDirty],
        pss: [before.pss],
        processes: [own.length],
        restarts: [done],
        privateDirtyAfter: [after.privateDirty],
        pssAfter: [after.pss],
      }
    })
  },
}

/** Crashes all programs and waits for all of them, over and over. */
async function crashAll(run: RunOfPrograms, restarts: number): Promise<number> {
  const end = monotonic() + PATIENCE
  let done = 0
  while (done < restarts && monotonic() < end) {
    const since = monotonic()
    for (const index of run.all) run.signal(index)
    await run.arrivals.all(run.all, since, `${run.peer.name}, restarts`)
    done += run.set.count
  }
  return done
}
