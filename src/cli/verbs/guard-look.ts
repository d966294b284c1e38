import type { GuardClient } from '../../control/client.ts'
import { SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import { eventText } from '../../model/event-text.ts'
import type { InstanceDetail } from '../../model/guard-status.ts'
import { parseLogLine } from '../../model/log-line.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import { type Connected, placeNames, withGuards } from '../guard-access.ts'
import { exitText, explainText, remoteText } from '../present/guard-text.ts'

/** Lines of the last life that `explain` shows. */
const LAST_LINES = 50
/** In which a line is stored that was written, also on a busy machine, in milliseconds. */
const MOMENT = 100
/** Of a log that the guard reads for us, as many as it tells in one answer. */
const MOST_LINES = 10_000
/** Events that a guard tells in one answer. */
const MOST = 1_000

/**
 * `explain NAME`: why it is as it is, what would change it, how it ended last and what it said before;
 * of a service that no guard keeps now, what its manager knows of that.
 */
export function explain(name: string, options: CommonOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      const [found] = (await placeNames([name], guards)).guards
      if (found === undefined) {
        const { explainManaged } = await import('./explain-managed.ts')
        await explainManaged(name, options, guards, output)
        return 0
      }
      const { client } = found.guard
      const { services, guard } = await client.status({ names: [name] })
      const lost = guard.remote === undefined ? null : remoteText(guard.remote)
      for (const { id } of services) {
        const detail = await client.detail(id)
        const lines = await lastWords(detail, client)
        if (output.json) output.object({ ...detail, lastLines: lines })
        else output.answer(explainText(detail, new Date(), lines))
      }
      // Why a setting is not as somebody has just put it there.
      if (lost !== null && !output.json) output.answer(lost)
      return 0
    }),
  )
}

/** The last lines of the life that ended last; the last of all where lines have no time. */
async function lastWords(
  { id, log, lastExit, startedAt }: InstanceDetail,
  client: GuardClient,
): Promise<readonly string[]> {
  const file = log?.file ?? null
  if (file === null || lastExit === null) return []
  const [{ logFiles }, { systemClock }] = await Promise.all([
    import('../../platform/log-files.ts'),
    import('../../platform/clock.ts'),
  ])
  const began = Date.parse(lastExit.startedAt ?? '') || 0
  const ended = Date.parse(lastExit.at)
  const next = Date.parse(startedAt ?? '') || 0
  // What a program wrote just before its end is stored a moment after it, and the next life may have begun.
  const until = next > ended ? Math.max(next, ended + MOMENT) : ended + 1_000
  const keep = (line: string): boolean => {
    const at = parseLogLine('', line).at?.getTime() ?? null
    return at === null || (at >= began && at <= until)
  }
  const last = async (of: (line: string) => boolean): Promise<readonly string[]> => {
    const lines: string[] = []
    try {
      const tail = logFiles(systemClock()).tail(file, { last: LAST_LINES, keep: of, follow: false })
      for await (const line of tail) lines.push(line)
      return lines
    } catch (error) {
      // Another user's file; its guard reads it for those who may see the service.
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    }
    for await (const piece of client.logs(id, { since: new Date(began), lines: MOST_LINES })) {
      if ('line' in piece && of(piece.line)) lines.push(piece.line)
    }
    return lines.slice(-LAST_LINES)
  }
  const own = await last(keep)
  // A life that ended while the guard itself was starting has later times on its lines.
  return own.length > 0 ? own : last(() => true)
}

/** `history NAME…`: how it ended, the newest last. */
export function history(names: readonly string[], options: CommonOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      const found = await Promise.all(
        guards.map(({ client }) =>
          client.history({ names }).catch((error: unknown) => {
            if (error instanceof SteadError && error.code === 'NOT_INSTALLED') return []
            throw error
          }),
        ),
      )
      const all = found.flat().sort((a, b) => (a.at < b.at ? -1 : 1))
      if (output.json) output.object({ exits: all })
      else for (const exit of all) output.answer(`${exit.id}  ${exitText(exit)}`)
      return 0
    }),
  )
}

/** `events`: what has happened since an event or a time, and with `--follow` what happens. */
export function events(
  options: CommonOptions & { readonly since?: string; readonly follow?: boolean },
): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      if (guards.length === 0)
        throw new SteadError('NOT_INSTALLED', { name: 'any', manager: 'no running guard' })
      const { from, after } = sinceOf(options.since)
      const stop = new AbortController()
      process.once('SIGINT', () => {
        stop.abort()
      })
      await Promise.all(guards.map((guard) => tell(guard)))
      return 0

      async function tell({ client, facts }: Connected): Promise<void> {
        const label = guards.length === 1 ? '' : `${facts.project} `
        const show = (event: Parameters<typeof eventText>[0]): void => {
          if (after !== null && Date.parse(event.at) < after) return
          if (output.json) output.line(JSON.stringify(event))
          else {
            const text = eventText(event)
            if (text !== null)
              output.answer(`${String(event.number).padStart(5)} ${event.at} ${label}${text}`)
          }
        }
        if (options.follow !== true) {
          for (let next = from; ; ) {
            const page = await client.pastEvents(next, MOST)
            for (const event of page) show(event)
            const last = page.at(-1)
            if (last === undefined || page.length < MOST) return
            next = last.number + 1
          }
        }
        const stream = await client.events(from, stop.signal)
        for await (const event of stream.events) {
          if ('gap' in event)
            output.answer(`(events ${event.gap.from} to ${event.gap.to} are gone)`)
          else show(event)
        }
      }
    }),
  )
}

/** A number of an event, or so long ago, or a time. */
function sinceOf(text: string | undefined): {
  readonly from: number
  readonly after: number | null
} {
  if (text === undefined) return { from: 0, after: null }
  if (/^\d+$/.test(text)) return { from: Number(text), after: null }
  const ago = parseDuration(text)
  const at = ago === null ? Date.parse(text) : Date.now() - ago
  if (Number.isNaN(at)) {
    const problem = `--since is the number of an event, a time, or so long ago (10m), not ${JSON.stringify(text)}`
    throw new SteadError('USAGE', { problem, verb: 'events' })
  }
  return { from: 0, after: at }
}
