import { milliseconds, type NssmService, origin } from './service.ts'
import type { NssmValues } from './values.ts'

/** NSSM_RESET_THROTTLE_RESTART of nssm.h. */
const THROTTLE = 1500
type Action = 'restart' | 'ignore' | 'exit' | 'suicide'
const ACTIONS: readonly Action[] = ['restart', 'ignore', 'exit', 'suicide']

/**
 * `AppExit`, `AppThrottle`, `AppRestartDelay`. nssm restarts at once what ran for AppThrottle at least;
 * what ended sooner waits for 2, 4, 8 … seconds, up to four minutes ("Restart throttling" of its manual).
 */
export function setRestart(one: NssmService, exits: NssmValues): void {
  const { service, values } = one
  const usual = actionOf(one, exits, '') ?? 'restart'
  const byCode = new Map<number, Action>()
  for (const code of exits.names()) {
    if (code === '') continue
    const action = actionOf(one, exits, code)
    if (!/^\d{1,10}$/.test(code))
      service.lose(`AppExit\\${code}`, exits.place(code), 'it is no exit code')
    else if (action !== null) byCode.set(Number(code), action)
  }
  const restart: Record<string, unknown> = { when: whenOf(one, exits, usual, byCode) }
  if (restart.when !== 'no') {
    const delay = values.number('AppRestartDelay') ?? 0
    Object.assign(
      restart,
      delay > 0 ? { delay: milliseconds(delay) } : { immediate: 1, delay: '2s' },
      { factor: 2, maxDelay: milliseconds(Math.max(240_000, delay)), limit: 'none' },
    )
  }
  service.set('restart', restart.when === 'no' ? 'no' : restart, {
    place: exits.place(''),
    setting: 'AppExit',
  })
  service.set(
    'startSeconds',
    milliseconds(values.number('AppThrottle') ?? THROTTLE),
    origin(one, 'AppThrottle'),
  )
}

function actionOf({ service }: NssmService, exits: NssmValues, code: string): Action | null {
  const word = exits.text(code)?.trim().toLowerCase()
  if (word === undefined) return null
  const action = ACTIONS.find((one) => one === word)
  if (action === undefined)
    service.lose(
      `AppExit\\${code === '' ? 'Default' : code}`,
      exits.place(code),
      `${JSON.stringify(word.slice(0, 40))} is none of Restart, Ignore, Exit, Suicide`,
    )
  return action ?? null
}

function whenOf(
  { service }: NssmService,
  exits: NssmValues,
  usual: Action,
  byCode: ReadonlyMap<number, Action>,
): unknown {
  const differing = [...byCode].filter(
    ([, action]) => (action === 'restart') !== (usual === 'restart'),
  )
  const lose = (code: number | null, why: string, instead: string | null = null): void =>
    service.lose(
      `AppExit\\${code === null ? 'Default' : code}`,
      exits.place(code === null ? '' : String(code)),
      why,
      instead,
    )
  for (const [code, action] of [[null, usual] as const, ...byCode]) {
    if (action === 'ignore')
      lose(code, 'a service whose program has ended is not told to be running', 'restart: no')
    if (action === 'suicide')
      lose(
        code,
        'stead does not pretend to crash: it tells the exit code as the failure that it is',
      )
  }
  if (usual !== 'restart') {
    const codes = differing.map(([code]) => code)
    return codes.length === 0 ? 'no' : { codes }
  }
  for (const [code, action] of differing)
    if (code !== 0 && action === 'exit')
      lose(
        code,
        'stead restarts after every exit, after every failure, or after codes that are named',
        'restart: { when: { codes: […] } }',
      )
  return byCode.get(0) === undefined || byCode.get(0) === 'restart' ? 'always' : 'on-failure'
}
