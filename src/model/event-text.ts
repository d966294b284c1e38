import type { ConfigOutcome } from './config-version.ts'
import { describeEnd } from './exit.ts'
import type { GuardEvent } from './guard-event.ts'

/** One event as a line; null for those that say nothing that another one does not. */
export function eventText(event: GuardEvent): string | null {
  switch (event.type) {
    case 'phase': {
      const pid = event.pid === null ? '' : ` (pid ${event.pid})`
      const why = event.to === 'running' ? '' : `: ${event.why}`
      return `${event.id} is ${event.to}${pid}${why}`
    }
    case 'exit':
      return `${event.id} ${describeEnd(event.exit)}${event.cause === 'itself' ? '' : ` (${event.cause})`}`
    case 'health':
      return event.health === 'unknown' ? null : `${event.id} is ${event.health}`
    case 'recovered':
      return `${event.id} is back ${event.recovery.toFixed(event.recovery < 10 ? 1 : 0)} ms after its ${event.cause === 'itself' ? 'end' : event.cause}`
    case 'survivors':
      return `${event.id} could not be ended: ${event.pids.join(', ')} live on`
    case 'added':
    case 'removed':
    case 'changed':
      return `${event.id} is ${event.type}`
    case 'group':
      return event.text
    case 'parameter':
      return parameterText(event)
    case 'sink':
      return event.state === 'down'
        ? `${event.sink} takes nothing: ${event.trouble}`
        : `${event.sink} takes what is told again; it missed ${event.lost} so far`
    case 'config':
      return configText(event)
    case 'guard':
      return `guard ${event.text}`
    case 'ready':
    case 'want':
      return null
  }
}

const OUTCOMES: Readonly<Record<ConfigOutcome, string>> = {
  trial: 'is on trial',
  good: 'is taken over',
  'rolled-back': 'is taken back',
  replaced: 'is replaced',
}

function configText(event: GuardEvent & { type: 'config' }): string {
  const { version, outcome, reason } = event
  return `configuration ${version} ${OUTCOMES[outcome]}${reason === null ? '' : `: ${reason}`}`
}

const CAUSES = {
  set: '',
  expired: ': its time is over',
  declaration: ': it is declared otherwise',
} as const satisfies Record<(GuardEvent & { type: 'parameter' })['cause'], string>

function parameterText(event: GuardEvent & { type: 'parameter' }): string {
  const { id, name, old, value, cause, by, until } = event
  const whose = cause === 'set' ? ` by ${by}` : CAUSES[cause]
  return `${id}: ${name} is ${value} (was ${old})${whose}${until === null ? '' : `, until ${until}`}`
}
