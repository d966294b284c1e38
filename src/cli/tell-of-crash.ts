import { SEVERITY } from '../model/log-entry.ts'
import type { Host } from '../model/ports/host.ts'

/**
 * What nobody caught ends the guard, as it always does; until the result is called it is logged first,
 * and is in the logs when that returns. The manager is told nothing: an end without SERVICE_STOPPED is
 * what makes the SCM bring a guard back, and a code would be that of a program that failed for good.
 */
export function tellOfCrash(host: Host): () => void {
  const tell = (error: unknown): void => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    host.log({ severity: SEVERITY.critical, message, event: 'guard-crashed' })
    host.flush?.()
  }
  process.on('uncaughtExceptionMonitor', tell)
  return () => void process.off('uncaughtExceptionMonitor', tell)
}
