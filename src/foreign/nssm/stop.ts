import { milliseconds, type NssmService, origin } from './service.ts'

/** NSSM_KILL_…_GRACE_PERIOD of nssm.h. */
const GRACE = 1500
const METHODS = [
  { bit: 1, setting: 'AppStopMethodConsole', what: 'Ctrl-C' },
  { bit: 2, setting: 'AppStopMethodWindow', what: 'WM_CLOSE' },
  { bit: 4, setting: 'AppStopMethodThreads', what: 'WM_QUIT' },
] as const
const TERMINATE = 8

/**
 * The methods in their order: Ctrl-C, WM_CLOSE, WM_QUIT, TerminateProcess ("Stopping the service" of its
 * manual), each with a wait of its own. SIGTERM asks by all of them, and gets the waits together.
 */
export function setStop(one: NssmService): void {
  const { service, values } = one
  const skipped = values.number('AppStopMethodSkip') ?? 0
  const place = values.place('AppStopMethodSkip')
  const asked = METHODS.filter(({ bit }) => (skipped & bit) === 0)
  const wait = asked.reduce((sum, { setting }) => sum + (values.number(setting) ?? GRACE), 0)
  service.set(
    'stop',
    asked.length === 0
      ? [{ signal: 'SIGKILL' }]
      : [{ signal: 'SIGTERM', wait: milliseconds(Math.max(wait, 1)) }],
    origin(one, 'AppStopMethodSkip'),
  )
  const left = METHODS.filter((method) => !asked.includes(method)).map(({ what }) => what)
  if (asked.length > 0 && left.length > 0)
    service.lose(
      'AppStopMethodSkip',
      place,
      `SIGTERM asks by all that Windows has, ${left.join(' and ')} too`,
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
