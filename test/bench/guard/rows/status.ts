import { monotonic } from '../arrivals.ts'
import type { Row } from '../row.ts'
import { withRun } from '../run-of-programs.ts'

export const status: Row = {
  name: 'status',
  title: 'Status over one connection',
  about:
    'From the request until the whole answer is there, one after the other on one connection that is kept, with 200 programs running: of one program, and of all.',
  rounds: 2,
  patience: 40_000,
  figures: [
    { key: 'one', head: 'of one p50 ms', statistic: 'p50', digits: 3, ratio: true },
    { key: 'one', head: 'p99 ms', statistic: 'p99', digits: 3 },
    { key: 'all', head: 'of all p50 ms', statistic: 'p50', digits: 2, ratio: true },
    { key: 'all', head: 'p99 ms', statistic: 'p99', digits: 2 },
  ],
  leavesOut: ({ name }) =>
    ['runit', 's6', 'daemontools'].includes(name)
      ? 'it has no connection, each program has a file with its state'
      : null,
  run: (peer, { work, quick }) =>
    withRun(peer, work, { count: quick ? 20 : 200 }, async (run) => {
      await run.boot()
      const { status: asked } = run.supervisor
      if (asked === null) throw new Error(`${peer.name}: no status`)
      const one = await times(quick ? 20 : 500, (turn) => asked.one(turn % run.set.count))
      return { one, all: await times(quick ? 5 : 50, () => asked.all()) }
    }),
}

/** Milliseconds of each of `count` questions; a tenth more come first and are not counted. */
async function times(count: number, ask: (turn: number) => Promise<void>): Promise<number[]> {
  const samples: number[] = []
  for (let turn = -Math.ceil(count / 10); turn < count; turn += 1) {
    const begin = monotonic()
    await ask(Math.abs(turn))
    if (turn >= 0) samples.push(monotonic() - begin)
  }
  return samples
}
