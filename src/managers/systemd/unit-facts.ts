/** Properties of a unit as systemctl(1) `show` prints them, read into values. */
export interface UnitFacts {
  /** The unit's primary name; another than asked for where that is an alias. */
  readonly id: string
  readonly description: string
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string
  readonly active: string
  readonly sub: string
  /** `success`, or how it failed: systemd.exec(5), $SERVICE_RESULT. */
  readonly result: string
  readonly fragment: string | null
  readonly fileState: string
  readonly needsReload: boolean
  readonly canReload: boolean
  /** A job, such as a start that waits for another, is queued or under way. */
  readonly job: boolean
  readonly mainPid: number | null
  readonly exitCode: number
  readonly exitStatus: number
  readonly startedAt: Date | null
  readonly exitedAt: Date | null
  /** Microseconds of the monotonic clock: changes whenever the unit changes its state. */
  readonly stateChange: string
  readonly restarts: number | null
  readonly memory: number | null
  readonly statusText: string
  readonly cgroup: string | null
  readonly killMode: string
  /** Milliseconds; null for no limit. */
  readonly startTimeout: number | null
  readonly stopTimeout: number | null
  readonly restartDelay: number | null
}

/** What is asked for: one call of systemctl gives all of it. */
export const PROPERTIES = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'FragmentPath',
  'UnitFileState',
  'NeedDaemonReload',
  'CanReload',
  'Job',
  'MainPID',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'StateChangeTimestampMonotonic',
  'NRestarts',
  'MemoryCurrent',
  'StatusText',
  'ControlGroup',
  'KillMode',
  'TimeoutStartUSec',
  'TimeoutStopUSec',
  'RestartUSec',
] as const

/** The units in the output of `systemctl show A B …`: blocks of KEY=VALUE lines with a blank line between. */
export function parseShow(output: string): UnitFacts[] {
  return output
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
    .map((block) => factsOf(valuesOf(block)))
}

function valuesOf(block: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of block.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  return values
}

function factsOf(values: ReadonlyMap<string, string>): UnitFacts {
  const text = (key: (typeof PROPERTIES)[number]): string => values.get(key) ?? ''
  const pid = Number(text('MainPID'))
  return {
    id: text('Id'),
    description: text('Description'),
    load: text('LoadState'),
    active: text('ActiveState'),
    sub: text('SubState'),
    result: text('Result'),
    fragment: text('FragmentPath') || null,
    fileState: text('UnitFileState'),
    needsReload: text('NeedDaemonReload') === 'yes',
    canReload: text('CanReload') === 'yes',
    job: Number(text('Job')) > 0,
    mainPid: pid > 0 ? pid : null,
    exitCode: Number(text('ExecMainCode')) || 0,
    exitStatus: Number(text('ExecMainStatus')) || 0,
    startedAt: timestamp(text('ExecMainStartTimestamp')),
    exitedAt: timestamp(text('ExecMainExitTimestamp')),
    stateChange: text('StateChangeTimestampMonotonic'),
    restarts: amount(text('NRestarts')),
    memory: amount(text('MemoryCurrent')),
    statusText: text('StatusText'),
    cgroup: text('ControlGroup') || null,
    killMode: text('KillMode'),
    startTimeout: timespan(text('TimeoutStartUSec')),
    stopTimeout: timespan(text('TimeoutStopUSec')),
    restartDelay: timespan(text('RestartUSec')),
  }
}

/** `Sat 2026-11-21 05:22:37.123456 UTC`, or without the fraction; empty or `n/a` for never. */
function timestamp(text: string): Date | null {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{3})\d*)? UTC$/.exec(text)
  return match === null ? null : new Date(`${match[1]}T${match[2]}.${match[3] ?? '000'}Z`)
}

/** A count; `[not set]` and the highest 64-bit number both mean that there is none. */
function amount(text: string): number | null {
  const value = Number(text)
  return text !== '' && Number.isSafeInteger(value) ? value : null
}

const SPANS = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
} as const

/** `1min 30s`, as systemd.time(7) writes spans; `infinity` is null. */
function timespan(text: string): number | null {
  if (text === '0') return 0
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h|d|w|month|y)\b/g)]
  if (parts.length === 0) return null
  return Math.round(
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * SPANS[unit as keyof typeof SPANS], 0),
  )
}
