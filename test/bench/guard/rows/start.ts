import { setTimeout as delay } from 'node:timers/promises'
import { monotonic } from '../arrivals.ts'
import { everybody, type Row } from '../row.ts'
import { type RunOfPrograms, withRun } from '../run-of-programs.ts'
import type { Figure, Samples } from '../table.ts'

/** Several peers make a program wait that lived shorter than a second. That is not measured here. */
const LIFE = 1_200
/** After a stop, until the supervisor has noted that all are gone. */
const SETTLE = 300
const LONG_STOP = 5_000

const REQUEST: readonly Figure[] = [
  { key: 'start', head: 'start ms', statistic: 'median', digits: 0, ratio: true },
  { key: 'stop', head: 'stop ms', statistic: 'median', digits: 0, ratio: true },
  { key: 'boot', head: 'boot ms', statistic: 'median', digits: 0, ratio: true },
  { key: 'shutdown', head: 'shutdown ms', statistic: 'median', digits: 0, ratio: true },
]
const COMMAND: readonly Figure[] = [
  { key: 'startCommand', head: 'start command ms', statistic: 'median', digits: 0 },
  { key: 'stopCommand', head: 'stop command ms', statistic: 'median', digits: 0 },
]
const ABOUT =
  'Start: from one request to a supervisor that runs until the last main(); stop: until the last program is gone. Boot: from the start of the supervisor itself until the last main(); shutdown: from the request that it ends until it and all programs are gone.'

export const start200: Row = {
  name: 'start200',
  title: '200 programs',
  about: `${ABOUT} Commands: the supervisor's own command line as a whole process, until it has ended and the last program is there, or gone.`,
  rounds: 2,
  patience: 15_000,
  figures: [...REQUEST, ...COMMAND],
  leavesOut: everybody,
  run: (peer, { work, quick }) =>
    withRun(peer, work, { count: quick ? 20 : 200 }, async (run) => {
      const requests = await byRequest(run)
      const commands = await byCommand(run)
      return { ...requests, ...commands, ...(await atTheEnd(run, requests.stop[0])) }
    }),
}

export const start1000: Row = {
  name: 'start1000',
  title: '1,000 programs',
  about: ABOUT,
  rounds: 1,
  patience: 20_000,
  figures: REQUEST,
  leavesOut: ({ endsSlowly }) =>
    endsSlowly ? 'a stop takes it a minute; it takes part where --peers names it' : null,
  namedTakePart: true,
  run: (peer, { work, quick }) =>
    withRun(peer, work, { count: quick ? 100 : 1000 }, async (run) => {
      const requests = await byRequest(run)
      return { ...requests, ...(await atTheEnd(run, requests.stop[0])) }
    }),
}

async function byRequest(run: RunOfPrograms): Promise<{
  readonly boot: number[]
  readonly stop: [number]
  readonly start: [number]
}> {
  const boot = await run.boot()
  const { arrivals, supervisor, peer } = run
  await delay(LIFE)
  const gone = arrivals.gone(`${peer.name}, stop`)
  const asked = monotonic()
  const [stopped] = await Promise.all([gone, supervisor.stop()])
  await delay(SETTLE)
  const begin = monotonic()
  const there = arrivals.all(run.all, begin, `${peer.name}, start`)
  const [started] = await Promise.all([there, supervisor.start()])
  return {
    boot: supervisor.boots === false ? [] : [boot],
    stop: [stopped - asked],
    start: [started - begin],
  }
}

async function byCommand(run: RunOfPrograms): Promise<Samples> {
  const { arrivals, supervisor, peer } = run
  if (supervisor.commands === null) return {}
  const { start, stop } = supervisor.commands
  await delay(LIFE)
  const stopCommand = await run.command(stop, arrivals.gone(`${peer.name}, stop command`))
  await delay(SETTLE)
  const there = arrivals.all(run.all, monotonic(), `${peer.name}, start command`)
  return { stopCommand: [stopCommand], startCommand: [await run.command(start, there)] }
}

/** Nothing where a stop takes so long that another would make the benchmark too long. */
async function atTheEnd(run: RunOfPrograms, stop: number): Promise<Samples> {
  const { arrivals, supervisor, peer } = run
  if (supervisor.boots === false) return {}
  if (stop > LONG_STOP) {
    run.abandon()
    return {}
  }
  await delay(LIFE)
  const gone = arrivals.gone(`${peer.name}, shutdown`)
  const asked = monotonic()
  await Promise.all([gone, supervisor.shutdown()])
  return { shutdown: [monotonic() - asked] }
}
