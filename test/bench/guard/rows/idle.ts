import { setTimeout as delay } from 'node:timers/promises'
import { monotonic } from '../arrivals.ts'
import { cpuSeconds } from '../processes.ts'
import { everybody, type Row } from '../row.ts'
import { withRun } from '../run-of-programs.ts'

export const idle: Row = {
  name: 'idle',
  title: 'Idle with 200 programs',
  about:
    'Processor time of all processes of the supervisor, as a share of one core, while nothing happens to 200 programs.',
  rounds: 1,
  patience: 30_000,
  figures: [{ key: 'share', head: 'share of a core %', statistic: 'median', digits: 4 }],
  leavesOut: everybody,
  run: (peer, { work, quick }) =>
    withRun(peer, work, { count: quick ? 20 : 200 }, async (run) => {
      await run.boot()
      // What a start still has to do (a scan, a garbage collection) is not idleness.
      await delay(quick ? 200 : (peer.settles ?? 1_500))
      const own = run.supervisor.own()
      const [begin, before] = [monotonic(), cpuSeconds(own)]
      await delay(quick ? 1_000 : 10_000)
      const seconds = (monotonic() - begin) / 1000
      return { share: [(100 * (cpuSeconds(own) - before)) / seconds] }
    }),
}
