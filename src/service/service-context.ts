import type { Host } from '../model/ports/host.ts'
import type { ServiceContext, StopReason } from './context.ts'
import { requireTime } from './deadline.ts'
import type { LiveConfig } from './live-config.ts'
import type { LiveParameters } from './live-parameters.ts'
import type { Logger } from './logger.ts'

export interface ContextParts {
  readonly host: Host
  readonly configFile: string | null
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly settings: LiveConfig
  readonly parameters: LiveParameters
  readonly onStop: (cleanup: (reason: StopReason) => unknown) => void
  /** Nothing is told any more. */
  readonly hasEnded: () => boolean
  readonly extend: (milliseconds: number) => void
  readonly beat: () => void
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** What the functions of a service are given, out of what runs it. */
export function serviceContext(parts: ContextParts): ServiceContext<unknown> {
  const { host, configFile, logger, signal, settings, parameters, onStop, done, fail } = parts
  return Object.freeze({
    signal,
    host: host.kind,
    configFile,
    startArguments: host.startArguments,
    logger,
    get config() {
      return settings.current
    },
    get parameters() {
      return parameters.current
    },
    onConfig: settings.listen,
    onParameter: parameters.listen,
    onStop,
    status(text: string) {
      if (!parts.hasEnded()) host.status(text)
    },
    extendTimeout(milliseconds: number) {
      requireTime('extendTimeout', milliseconds)
      parts.extend(milliseconds)
    },
    heartbeat() {
      if (!parts.hasEnded()) parts.beat()
    },
    done,
    fail,
  })
}
