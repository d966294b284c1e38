import type { Clock } from '../../model/ports/clock.ts'
import type { Host } from '../../model/ports/host.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import type { Terminal } from '../../model/ports/terminal.ts'
import { lineHost } from '../line-host.ts'

export interface LaunchdHostParts {
  readonly signals: Signals
  readonly clock: Clock
  /** Standard error, which launchd writes to the file of StandardErrorPath. */
  readonly terminal: Terminal
}

/**
 * The host of a service that launchd started. launchd has no protocol for readiness, progress or
 * status (launchd.plist(5)), and sends the same SIGTERM for a bootout and for a shutdown: every stop is
 * a request.
 */
export function launchdHost({ signals, clock, terminal }: LaunchdHostParts): Host {
  return lineHost({
    kind: 'launchd',
    delivers: new Set(['stop', 'reload', 'pause', 'resume']),
    signals,
    clock,
    hangsUp: false,
    write: (line) => terminal.line(line),
    close() {},
  })
}
