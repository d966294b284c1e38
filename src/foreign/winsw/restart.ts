import { unknownWord } from '../loss.ts'
import { winswDuration } from './duration.ts'
import { at, milliseconds, type WinswService } from './service.ts'

const DAY = 86_400_000

/**
 * `onfailure`: what the SCM does after the first failure, the second, … and from then on after each;
 * `resetfailure` after how long it counts anew. Without one the service stays stopped.
 */
export function setRestart({ service, root }: WinswService): void {
  const actions = root.all('onfailure')
  const delays: number[] = []
  let last = 'none'
  for (const [index, element] of actions.entries()) {
    const action = (element.attribute('action') ?? '').toLowerCase()
    const delay = winswDuration(element.attribute('delay') ?? '0')
    if (delay === null)
      service.lose(
        'onfailure',
        element.place,
        `${JSON.stringify((element.attribute('delay') ?? '').slice(0, 40))} is not a time such as "10 sec"`,
      )
    if (action === 'restart') delays.push(delay ?? 0)
    else if (action === 'reboot')
      service.lose(
        'onfailure',
        element.place,
        'stead does not start the machine anew',
        'restart: { limit: … }',
      )
    else if (action !== 'none')
      service.lose('onfailure', element.place, unknownWord(action, ['restart', 'reboot', 'none']))
    if (action !== 'restart' && index < actions.length - 1)
      service.lose('onfailure', element.place, 'what comes after it is not reached by stead')
    last = action
    if (action !== 'restart') break
  }
  const origin = at(actions[0] ?? root)
  if (delays.length === 0) {
    service.set('restart', 'no', { ...origin, setting: 'onfailure' })
    return
  }
  const first = delays[0] as number
  const most = Math.max(...delays)
  const restart: Record<string, unknown> = { when: 'on-failure', delay: milliseconds(first) }
  if (most > first) {
    const second = delays.find((one) => one > first) as number
    const factor = first === 0 ? 2 : Math.min(Math.max(second / first, 1), 100)
    Object.assign(restart, { factor: Math.round(factor * 100) / 100, maxDelay: milliseconds(most) })
    if (first === 0) Object.assign(restart, { immediate: 1, delay: milliseconds(second) })
    if (delays.length > 2 || first === 0)
      service.note(
        'Each failure had a delay of its own; here it grows from the first to the longest.',
      )
  } else if (first === 0) {
    delete restart.delay
    restart.strategy = 'immediate'
  } else Object.assign(restart, { factor: 1, maxDelay: milliseconds(first) })
  const reset = root.first('resetfailure')
  const window = reset === null ? DAY : winswDuration(reset.text)
  if (reset !== null && window === null)
    service.lose('resetfailure', reset.place, 'it is not a time such as "1 hour"')
  // Without an action that ends it the last one is repeated for ever.
  restart.limit =
    last === 'restart'
      ? 'none'
      : `${delays.length}/${milliseconds(Math.min(window ?? DAY, 365 * DAY) || DAY)}`
  if (last === 'restart' && reset !== null)
    service.note(
      'resetfailure made the delay begin anew; here it does after a minute without failures.',
    )
  service.set('restart', restart, origin)
}
