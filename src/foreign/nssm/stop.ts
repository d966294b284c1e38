import { milliseconds, type NssmService, origin } from './service.ts'

/** NSSM_KILL_…_GRACE_PERIOD of nssm.h. */
const GRACE = 1500
const METHODS = [
  { bit: 1, setting: 'AppStopMethodConsole', signal: 'SIGINT' },
  { bit: 2, setting: 'AppStopMethodWindow', signal: null },
  { bit: 4, setting: 'AppStopMethodThreads', signal: null },
] as const
const TERMINATE = 8

/** The methods in their order: Ctrl-C, WM_CLOSE, WM_QUIT, TerminateProcess ("Stopping the service" of its manual). */
export function setStop(one: NssmService): void {
  const { service, values } = one
  const skipped = values.number('AppStopMethodSkip') ?? 0
  const steps: Record<string, unknown>[] = []
  for (const { bit, setting, signal } of METHODS) {
    if ((skipped & bit) !== 0) continue
    const wait = milliseconds(Math.max(values.number(setting) ?? GRACE, 1))
    if (signal !== null) steps.push({ signal, to: 'tree', wait })
    else if (values.number(setting) !== null)
      service.lose(setting, values.place(setting), 'a stop of stead has no such step')
  }
  if (steps.length === 0) steps.push({ signal: 'SIGKILL' })
  service.set('stop', steps, origin(one, 'AppStopMethodSkip'))
  if ((skipped & TERMINATE) !== 0)
    service.lose(
      'AppStopMethodSkip',
      values.place('AppStopMethodSkip'),
      'what does not end is ended at last: a stop leaves nothing behind',
      'a longer wait for the steps before',
    )
  if (values.number('AppKillProcessTree') === 0)
    service.lose(
      'AppKillProcessTree',
      values.place('AppKillProcessTree'),
      'a stop ends every process that the program has started',
      'a service of its own for what shall live on',
    )
}
