import { milliseconds, type NssmService, origin } from './service.ts'

/** NSSM_KILL_…_GRACE_PERIOD of nssm.h. */
const GRACE = 1500
const METHODS = [
  { bit: 1, setting: 'AppStopMethodConsole', signal: 'CTRL_C' },
  { bit: 2, setting: 'AppStopMethodWindow', signal: 'WM_CLOSE' },
  { bit: 4, setting: 'AppStopMethodThreads', signal: 'WM_QUIT' },
] as const
const TERMINATE = 8

/**
 * The methods in their order: Ctrl-C, WM_CLOSE, WM_QUIT, TerminateProcess ("Stopping the service" of its
 * manual), each with a wait of its own. Messages go to windows of the whole tree, as nssm sends them.
 */
export function setStop(one: NssmService): void {
  const { service, values } = one
  const skipped = values.number('AppStopMethodSkip') ?? 0
  const place = values.place('AppStopMethodSkip')
  const isTree = values.number('AppKillProcessTree') !== 0
  const asked = METHODS.filter(({ bit }) => (skipped & bit) === 0).map(({ setting, signal }) => ({
    signal,
    ...(isTree ? { to: 'tree' } : {}),
    wait: milliseconds(Math.max(values.number(setting) ?? GRACE, 1)),
  }))
  service.set(
    'stop',
    asked.length === 0 ? [{ signal: 'SIGKILL' }] : asked,
    origin(one, 'AppStopMethodSkip'),
  )
  if ((skipped & TERMINATE) !== 0)
    service.lose(
      'AppStopMethodSkip',
      place,
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
