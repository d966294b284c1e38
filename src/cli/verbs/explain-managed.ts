import { SteadError } from '../../errors.ts'
import { isActive } from '../../model/service-status.ts'
import { type CommonOptions, checkNames, workshopFor } from '../context.ts'
import { type Connected, elsewhereError } from '../guard-access.ts'
import type { Output } from '../output.ts'
import { statusText } from '../present/status-text.ts'
import { serviceLog } from '../service-log.ts'

/** Lines of its log that are shown: enough for the words before an end. */
const LAST_LINES = 20

/**
 * What the manager of a service has to say of it, where no guard keeps it at the moment: what it is,
 * why, the last lines of its log, and what would change it.
 *
 * @throws NOT_INSTALLED, and what the manager throws
 */
export async function explainManaged(
  name: string,
  options: CommonOptions,
  guards: readonly Connected[],
  output: Output,
): Promise<void> {
  checkNames([name])
  const workshop = await workshopFor(options)
  const { manager } = workshop
  try {
    const status = await manager.status(name)
    if (status.phase === 'not-installed') {
      throw new SteadError('NOT_INSTALLED', { name, manager: manager.kind })
    }
    const lines: string[] = []
    if (manager.capabilities.logs) {
      for await (const { at, text } of serviceLog(workshop, name, { lines: LAST_LINES })) {
        lines.push(at === null ? text : `${at.toISOString()} ${text}`)
      }
    }
    if (output.json) return output.object({ ...status, lastLines: lines })
    const scope = manager.scope === 'user' ? ' --scope user' : ''
    const next = isActive(status.phase) ? [] : ['', `to start it: stead start ${name}${scope}`]
    const said =
      lines.length === 0 ? [] : ['', 'it said last:', ...lines.map((line) => `  ${line}`)]
    output.answer([statusText(status, new Date(), output.colour), ...said, ...next].join('\n'))
  } catch (error) {
    throw await elsewhereError(error, name, guards)
  }
}
