import { SEVERITY } from '../model/log-entry.ts'
import { toldError } from './output.ts'

/**
 * Has whoever reads the Event Log of Windows know as well why something fails: what a process of Windows
 * Installer says is heard by nobody. Elsewhere there is none.
 */
export async function tellingEventLog<T>(service: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (process.platform === 'win32') {
      const { eventLog } = await import('../platform/win32/event-log.ts')
      const { code, message, hint } = toldError(error)
      const detail = `${code}: ${message}\n${hint}`
      eventLog(service)({ event: 'not-installed', severity: SEVERITY.error, detail })
    }
    throw error
  }
}
