import type { Exit } from './exit.ts'
import type { GuardEvent } from './guard-event.ts'
import { describeNtStatus } from './nt-status.ts'
import type { WindowsEventName } from './windows-events.ts'

/**
 * What the guard of one service tells, as events with ids of their own in the Windows Event Log; null
 * for what has none. It remembers who is unhealthy, as only from there can health come back, and which
 * configuration was told last, as one that has stood its trial is no new one.
 */
export function windowsEvents(): (event: GuardEvent) => WindowsEventName | null {
  const unhealthy = new Set<string>()
  let applied: number | null = null
  return (event) => {
    switch (event.type) {
      case 'phase':
        if (event.to === 'backoff') return 'restarting'
        return event.to === 'fatal' || event.to === 'lost' ? 'gave-up' : null
      case 'health': {
        const { id, health } = event
        if (health === 'unhealthy') {
          unhealthy.add(id)
          return 'unhealthy'
        }
        return unhealthy.delete(id) && health === 'healthy' ? 'healthy' : null
      }
      case 'exit':
        // Windows refused it memory, or the kernel ended it for want of it.
        if ('outOfMemory' in event.exit) return 'crashed'
        if (event.cause === 'itself') return isCrash(event.exit) ? 'crashed' : null
        return wasKilled(event.exit) ? 'stop-forced' : null
      case 'survivors':
        return 'survivors'
      case 'config': {
        const { version, outcome } = event
        if (outcome === 'rolled-back') return 'configuration-refused'
        // One that was on trial holds since then.
        if (outcome === 'replaced' || version === applied) return null
        applied = version
        return 'configuration-applied'
      }
      // Its configuration has told of it.
      case 'changed':
      case 'ready':
      case 'want':
      case 'recovered':
      case 'added':
      case 'removed':
      case 'group':
      case 'parameter':
      case 'sink':
      case 'guard':
        return null
    }
  }
}

/** An end that the program did not choose: a number of <ntstatus.h>, or a signal. */
function isCrash(exit: Exit): boolean {
  return exit.kind === 'signal' || (exit.kind === 'code' && describeNtStatus(exit.code) !== null)
}

function wasKilled(exit: Exit): boolean {
  return exit.kind === 'signal' && exit.signal === 'SIGKILL'
}
