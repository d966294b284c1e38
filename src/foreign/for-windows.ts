import { isWindowsSignal, signalName } from '../model/signal-name.ts'
import type { DraftService } from './draft.ts'

/** What a guard on Windows takes as it is: SIGTERM is all that Windows has for asking. */
const KNOWN: ReadonlySet<unknown> = new Set(['SIGTERM', 'SIGKILL'])

/**
 * The `stop` of a service that is imported on Windows, where no program hears a signal: Ctrl-C in the
 * place of SIGINT, which is what people send by it, and all that Windows has for any other.
 */
export function stopForWindows(service: DraftService, stop: unknown): unknown {
  if (Array.isArray(stop)) return stop.map((step: unknown) => stopForWindows(service, step))
  if (typeof stop !== 'object' || stop === null || !('signal' in stop)) return stop
  const signal = signalName(String(stop.signal))
  if (signal === null || isWindowsSignal(signal) || KNOWN.has(signal)) return stop
  if (signal === 'SIGINT') return { ...stop, signal: 'CTRL_C' }
  const { place, setting } = service.origins.get('stop') ?? {
    place: service.place,
    setting: 'stop',
  }
  service.lose(
    setting,
    place,
    `Windows has no ${signal}: it is asked to end by all that Windows has`,
  )
  return { ...stop, signal: 'SIGTERM' }
}
