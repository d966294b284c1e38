import { SEVERITY } from '../model/log-entry.ts'
import type { Host } from '../model/ports/host.ts'

/** EX_SOFTWARE of sysexits(3): what a guard ends with that has crashed itself. */
const GUARD_CRASHED = 70

/**
 * What nobody caught ends the guard, as it always does; until the result is called its host is told
 * first, in words and as a failure with a code, and has told others when that returns.
 */
export function tellOfCrash(host: Host): () => void {
  const tell = (error: unknown): void => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.log({ severity: SEVERITY.critical, message, event: 'guard-crashed' })
    host.finish({ kind: 'code', code: GUARD_CRASHED }, 'stead itself has crashed')
  }
  process.on('uncaughtExceptionMonitor', tell)
  return () => void process.off('uncaughtExceptionMonitor', tell)
}
