import { succeeded } from '../model/exit.ts'
import type { InstanceStatus } from '../model/guard-status.ts'
import type { Style } from './line.ts'

/** How much an instance asks for a look, worst first. */
export const TROUBLES = ['bad', 'shaky', 'busy', 'well', 'off'] as const
export type Trouble = (typeof TROUBLES)[number]

export function troubleOf(one: InstanceStatus): Trouble {
  const { phase, health, ready, survivors, lastExit } = one
  if (survivors.length > 0 || phase === 'fatal' || phase === 'lost') return 'bad'
  if (phase === 'exited') return lastExit !== null && succeeded(lastExit.exit) ? 'off' : 'bad'
  if (phase === 'running') {
    if (health === 'unhealthy') return 'bad'
    return ready ? 'well' : 'busy'
  }
  if (phase === 'backoff') return 'shaky'
  return phase === 'stopped' ? 'off' : 'busy'
}

export function rankOf(one: InstanceStatus): number {
  return TROUBLES.indexOf(troubleOf(one))
}

/** The word for what is wrong or how it is: the phase, or what is worse than it looks. */
export function wordOf(one: InstanceStatus): string {
  if (one.survivors.length > 0) return `${one.phase}, cannot be ended`
  return one.phase === 'running' && one.health === 'unhealthy' ? 'unhealthy' : one.phase
}

export const STYLE_OF: Readonly<Record<Trouble, Style>> = {
  bad: 'bad',
  shaky: 'warn',
  busy: 'warn',
  well: 'good',
  off: 'dim',
}

/** Beside the colour, for those who see none. */
export const MARK_OF: Readonly<Record<Trouble, string>> = {
  bad: '!',
  shaky: '~',
  busy: ' ',
  well: ' ',
  off: ' ',
}
