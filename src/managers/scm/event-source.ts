import { SteadError } from '../../errors.ts'
import type { Plan, PlannedStep } from '../../model/plan.ts'
import type { EventSource, EventSources } from '../../model/ports/event-sources.ts'
import { EVENT_TYPES } from '../../model/windows-events.ts'
import { eventMessageFile } from './event-messages/message-file.ts'

const LOG = 'Application'
const TYPES = EVENT_TYPES.error | EVENT_TYPES.warning | EVENT_TYPES.information

/** A plan with the service's source in the Event Log, and the file that has the texts of its records. */
export function withEventSource(plan: Plan, directory: string): Plan {
  const { fileName, content } = eventMessageFile()
  const path = `${directory}\\${fileName}`
  const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\${LOG}\\${plan.spec.name}`
  const steps: PlannedStep[] = [
    {
      kind: 'call',
      api: 'RegSetValueExW',
      values: { key, value: 'EventMessageFile', type: 'REG_EXPAND_SZ', data: path },
      purpose: 'make it a source of the Event Log, with texts for its events',
    },
    {
      kind: 'call',
      api: 'RegSetValueExW',
      values: { key, value: 'TypesSupported', type: 'REG_DWORD', data: TYPES },
      purpose: 'say which levels it writes',
    },
    {
      kind: 'call',
      api: 'WriteFile',
      values: { path, bytes: content.length },
      purpose: 'put the texts there, where a service of stead has not done so before',
    },
  ]
  return { ...plan, steps: [...plan.steps, ...steps] }
}

/**
 * Looks before anything is changed.
 *
 * @throws FOREIGN when a source of that name is there and is not stead's
 */
export async function requireOwnSource(sources: EventSources, name: string): Promise<void> {
  const present = await sources.read(name)
  if (present === null || isOurs(sources, present)) return
  throw new SteadError('FOREIGN', {
    name,
    manager: 'the Windows Event Log',
    where: `a source of the log ${present.log}, with ${present.messageFile ?? 'no message file'}`,
  })
}

/** Makes the source what is wanted; each change pushes what takes it back. */
export async function applyEventSource(
  sources: EventSources,
  name: string,
  undo: (() => Promise<void>)[],
): Promise<void> {
  await requireOwnSource(sources, name)
  const { fileName, content } = eventMessageFile()
  const path = `${sources.directory}\\${fileName}`
  const present = await sources.read(name)
  // The source first: while it names the file nobody takes that for one that is not used.
  if (present?.messageFile !== path || present.types !== TYPES) {
    undo.push(() => giveBack(sources, name, present))
    await sources.write(name, path, TYPES)
  }
  if (!(await sources.hasFile(fileName, content))) {
    undo.push(() => sources.removeUnused())
    await sources.putFile(fileName, content)
  }
  if (present !== null && present.messageFile !== path) await sources.removeUnused()
}

async function giveBack(
  sources: EventSources,
  name: string,
  present: EventSource | null,
): Promise<void> {
  if (present?.messageFile == null) await sources.remove(name)
  else await sources.write(name, present.messageFile, present.types ?? TYPES)
}

/** Removes a service's source, and the file with it when no other service needs it. */
export async function removeEventSource(sources: EventSources, name: string): Promise<void> {
  const present = await sources.read(name)
  if (present !== null && isOurs(sources, present)) await sources.remove(name)
  await sources.removeUnused()
}

/** A source is of stead when its texts are in one of stead's files. */
function isOurs({ directory }: EventSources, { log, messageFile }: EventSource): boolean {
  const start = `${directory}\\events-`.toLowerCase()
  return log === LOG && (messageFile?.toLowerCase().startsWith(start) ?? false)
}
