import type { Clock } from '../../model/ports/clock.ts'
import type { Host } from '../../model/ports/host.ts'
import type { LineSink } from '../../model/ports/line-sink.ts'
import type { Signals } from '../../model/ports/process-events.ts'
import { lineHost } from '../line-host.ts'

export interface LogonHostParts {
  readonly signals: Signals
  readonly clock: Clock
  /** The log file of the service: there is nobody else to tell. */
  readonly sink: LineSink
}

/**
 * The host of a guard that Windows started at logon, or `stead start` in its place. Nobody asks for
 * states and nobody waits for them. What Windows says to its console, such as that it closes, is a stop.
 */
export function logonHost({ signals, clock, sink }: LogonHostParts): Host {
  return lineHost({
    kind: 'logon',
    delivers: new Set(['stop']),
    signals,
    clock,
    hangsUp: true,
    write: (line) => sink.write(line),
    close: () => sink.close(),
  })
}
