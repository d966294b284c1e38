/** What a program says of itself by sd_notify(3); null for what it did not say. */
export interface Notice {
  readonly ready: boolean
  readonly stopping: boolean
  readonly reloading: boolean
  /** Microseconds of CLOCK_MONOTONIC at which the reload began. */
  readonly monotonic: number | null
  /** `trigger`: the program says of itself that it hangs. */
  readonly watchdog: 'beat' | 'trigger' | null
  readonly status: string | null
  readonly mainPid: number | null
  /** Milliseconds. */
  readonly extendTimeout: number | null
  readonly errno: number | null
  /** What is to become of descriptors: those that came along are kept, or those of that name are given up. */
  readonly store: 'keep' | 'give-up' | null
  /** FDNAME=, where it is a name. */
  readonly storeName: string | null
  /** False: they are kept also when their other side is gone. */
  readonly storePolls: boolean
}

const LONGEST_STATUS = 500

/** Assignments that mean nothing here, such as BARRIER=1, are passed over. */
export function parseNotice(text: string): Notice {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1))
  }
  const microseconds = numberOf(fields.get('EXTEND_TIMEOUT_USEC'))
  const watchdog = fields.get('WATCHDOG')
  return {
    ready: fields.get('READY') === '1',
    stopping: fields.get('STOPPING') === '1',
    reloading: fields.get('RELOADING') === '1',
    monotonic: numberOf(fields.get('MONOTONIC_USEC')),
    watchdog: watchdog === '1' ? 'beat' : watchdog === 'trigger' ? 'trigger' : null,
    status: fields.get('STATUS')?.slice(0, LONGEST_STATUS) ?? null,
    mainPid: numberOf(fields.get('MAINPID')),
    extendTimeout: microseconds === null ? null : microseconds / 1000,
    errno: numberOf(fields.get('ERRNO')),
    store:
      fields.get('FDSTOREREMOVE') === '1'
        ? 'give-up'
        : fields.get('FDSTORE') === '1'
          ? 'keep'
          : null,
    storeName: nameOf(fields.get('FDNAME')),
    storePolls: fields.get('FDPOLL') !== '0',
  }
}

/** sd_pid_notify_with_fds(3): printable ASCII without a colon, at most 255. */
function nameOf(text: string | undefined): string | null {
  return text !== undefined && /^[ -9;-~]{1,255}$/.test(text) ? text : null
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}
