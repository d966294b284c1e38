import type { Control } from '../model/ports/host.ts'
import type { ServiceContext } from './context.ts'
import type { Handler, Service } from './define-service.ts'
import { describeError } from './logger.ts'

type Event = Extract<Control, { type: 'custom' | 'session' | 'power' | 'time-change' }>

/** What the service is told without being asked for anything: its failing is its own affair. */
export function eventTeller(
  service: Service,
  context: ServiceContext<unknown>,
): (event: Event) => Promise<void> {
  const { logger } = context

  async function tell<T>(
    what: string,
    handler: Handler<T, unknown> | undefined,
    event: T,
  ): Promise<void> {
    if (handler === undefined) return logger.warning(`${what}: ${service.name} does not know it`)
    try {
      await handler(context, event)
    } catch (error) {
      logger.error(`${what} failed: ${describeError(error)}`)
    }
  }

  return (told) => {
    switch (told.type) {
      case 'custom':
        return tell(`code ${told.code}`, service.onCustom, told.code)
      case 'session':
        return tell(`session ${told.event.change}`, service.onSession, told.event)
      case 'power':
        return tell(`power ${told.event.change}`, service.onPower, told.event)
      case 'time-change':
        return tell('time change', service.onTimeChange, told.event)
    }
  }
}
