import { SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import { type Ink, paint } from '../../top/line.ts'
import { beginning, type TopState } from '../../top/model.ts'
import { screenLines } from '../../top/screen.ts'
import { ASCII, type Glyphs, UNICODE } from '../../top/sparkline.ts'
import { told } from '../../top/told.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { type Connected, withGuardOf, withGuards } from '../guard-access.ts'
import { isUtf8 } from '../locale.ts'

export interface TopVerbOptions extends CommonOptions {
  readonly file?: string
  readonly interval?: string
  readonly once?: boolean
  readonly ascii?: boolean
}

const INTERVAL = 2_000
const SHORTEST = 200
const LONGEST = 3_600_000
/** What `--once` compares processor time over, in milliseconds: longer than a guard reuses a look. */
const BETWEEN = 600

/** `top`: guards as they live, until somebody quits; with `--once`, or without a terminal, one frame. */
export function top(options: TopVerbOptions): Promise<number> {
  if (options.json === true) return asStatus(options)
  return runVerb(options, async (output) => {
    const interval = intervalOf(options.interval)
    const { env, stdin, stdout } = process
    const show = async (guards: readonly Connected[]): Promise<number> => {
      if (guards.length === 0) {
        output.done('no guard runs here; start one: stead up; installed services: stead list')
        return 3
      }
      const glyphs = options.ascii === true || !isUtf8(env) ? ASCII : UNICODE
      const live = stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb'
      if (options.once === true || !live) {
        const ink: Ink = output.colour ? 'colour' : 'none'
        output.answer((await frame(guards, widthOf(env), glyphs, ink)).join('\n'))
        return 0
      }
      const { runTop } = await import('../top/session.ts')
      const clients = new Map(guards.map(({ facts, client }) => [facts.socket, client]))
      return runTop({ clients, interval, glyphs, ink: output.colour ? 'colour' : 'mono' })
    }
    if (options.file === undefined) return withGuards(options, show)
    return withGuardOf(options.file, options, (_, guard) => show([guard]))
  })
}

async function asStatus(options: TopVerbOptions): Promise<number> {
  return (await import('./status.ts')).status([], options)
}

/** One frame of whatever height it takes. */
async function frame(
  guards: readonly Connected[],
  columns: number,
  glyphs: Glyphs,
  ink: Ink,
): Promise<readonly string[]> {
  let state: TopState = beginning({ columns, rows: 10_000 }, false)
  const measure = async (): Promise<void> => {
    await Promise.all(
      guards.map(async ({ facts, client }) => {
        const usage = await client.usage().catch(() => null)
        if (usage === null) return
        state = told(state, { kind: 'usage', key: facts.socket, usage }, Date.now())
      }),
    )
  }
  const all = await Promise.all(
    guards.map(async ({ client }) => Promise.all([client.status(), client.groups()])),
  )
  for (const [{ guard, services }, groups] of all) {
    const key = guard.socket
    state = told(state, { kind: 'guard', key, facts: guard, services, groups }, Date.now())
  }
  await measure()
  await new Promise((resolve) => {
    setTimeout(resolve, BETWEEN)
  })
  await measure()
  const lines = screenLines(state, Date.now(), glyphs).map((one) => paint(one, columns, ink))
  return lines.slice(0, lines.findLastIndex((text) => text !== '') + 1)
}

function widthOf({ COLUMNS = '' }: NodeJS.ProcessEnv): number {
  const told = process.stdout.columns ?? Number(COLUMNS)
  return Number.isInteger(told) && told >= 30 && told <= 1_000 ? told : 80
}

/** @throws USAGE */
function intervalOf(text: string | undefined): number {
  if (text === undefined) return INTERVAL
  const found = parseDuration(text)
  if (found !== null && found >= SHORTEST && found <= LONGEST) return found
  throw new SteadError('USAGE', {
    problem: `--interval is a time from ${SHORTEST}ms to 1h, not ${JSON.stringify(text)}`,
    verb: 'top',
  })
}
