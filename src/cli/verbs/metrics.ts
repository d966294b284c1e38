import { existsSync } from 'node:fs'
import { SteadError } from '../../errors.ts'
import { findGuardFile } from '../compose-guard-home.ts'
import { runVerb } from '../context.ts'
import { type Connected, onlyOf, withGuards } from '../guard-access.ts'
import type { FileOptions } from './guard-control.ts'

export interface MetricsOptions extends FileOptions {
  readonly openmetrics?: boolean
}

/** `metrics [NAME…]`: what is measured, as text of Prometheus: also for a file that something collects. */
export function metrics(names: readonly string[], options: MetricsOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      const { client, facts } = guardMeant(guards, options.file)
      const format = options.openmetrics === true ? 'openmetrics' : 'prometheus'
      const text = await client.metrics({ names }, format)
      if (output.json) output.object({ guard: facts, format, text })
      else output.answer(text.trimEnd())
      return 0
    }),
  )
}

/**
 * The guard of the file that is named or near; without one the only guard that runs.
 *
 * @throws GUARD_NOT_RUNNING, FILE_UNREADABLE, USAGE where several run
 */
function guardMeant(guards: readonly Connected[], named: string | undefined): Connected {
  const file = nearFile(named)
  const own = guards.find(({ facts }) => facts.file === file)
  if (file !== null && own !== undefined) return own
  const only = named === undefined ? onlyOf(guards) : null
  if (only !== null) return only
  throw new SteadError('GUARD_NOT_RUNNING', { file: file ?? findGuardFile(named) })
}

function nearFile(named: string | undefined): string | null {
  try {
    const file = findGuardFile(named)
    return existsSync(file) ? file : null
  } catch (error) {
    if (named !== undefined) throw error
    return null
  }
}
