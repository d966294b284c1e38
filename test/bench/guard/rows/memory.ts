import { monotonic } from '../arrivals.ts'
import { memoryOf } from '../processes.ts'
import { everybody, type Row } from '../row.ts'
import { type RunOfPrograms, withRun } from '../run-of-programs.ts'

/** So long one peer may take for its restarts. */
const PATIENCE = 8_000
const LINES = '20'

export const memory: Row = {
  name: 'memory',
  title: 'Memory with 200 programs and their logs',
  about: `MiB of all processes of the supervisor, loggers among them, when each of 200 programs has printed ${LINES} lines: what is private and dirty, and PSS (with its share of what is mapped by several). Then after as many crashes and restarts as it manages in the time given.`,
  rounds: 1,
  patience: 30_000,
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
      await run.boot()
      const own = run.supervisor.own()
      const before = memoryOf(own)
      const done = await crashAll(run, quick ? 40 : restarts)
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
