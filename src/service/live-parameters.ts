import { isSteadError } from '../errors.ts'
import { formatDuration } from '../model/duration.ts'
import type { ParameterSpec, ParameterValues, SetParameters } from '../model/parameter.ts'
import { effectiveParameters, fitParameters } from '../model/parameter-change.ts'
import { type AskedParameters, NOTHING_ASKED } from '../model/parameter-channel.ts'
import { LONGEST_WAIT, parameterExpiry } from '../model/parameter-expiry.ts'
import { parameterText } from '../model/parameter-value.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ServiceParameters } from '../model/ports/service-parameters.ts'
import { frozen } from './config-change.ts'
import { goBack } from './live-config.ts'
import { errorLine, type Logger } from './logger.ts'

/** New values of parameters, while they are offered to the parts of a service. */
export interface ParametersChange<Values> {
  readonly old: Values
  readonly parameters: Values
  /** Names of those that differ. */
  readonly changed: readonly (keyof Values & string)[]
}

/** Takes new values on; throwing or rejecting refuses all of them. */
export type ParametersListener<Values> = (change: ParametersChange<Values>) => unknown

export interface LiveParameterParts {
  readonly specs: readonly ParameterSpec[]
  /** Left out where nobody could set anything. */
  readonly channel: ServiceParameters | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** How long its listeners may take together; milliseconds. */
  readonly timeout: number
  /** It cannot go on: a part of it could not go back, or takes for ever. */
  readonly failed: (error: unknown) => void
}

/** The parameters of a running service. */
export interface LiveParameters {
  /** Frozen; the newest that were accepted. */
  readonly current: ParameterValues
  listen(listener: ParametersListener<ParameterValues>): void
  /** Reads what was set before, and says what there is to set. */
  begin(): void
  /** From now on changes are taken as they come. */
  open(): void
  close(): void
}

export function liveParameters(parts: LiveParameterParts): LiveParameters {
  const { specs, channel, clock, logger, timeout, failed } = parts
  const listeners: ParametersListener<ParameterValues>[] = []
  const expiry = parameterExpiry(clock)
  const names = new Set(specs.map(({ name }) => name))
  const over = new AbortController()
  let current = frozen(effectiveParameters(specs, {})) as ParameterValues
  let last = NOTHING_ASKED
  let number = -1
  let turn: Promise<void> = Promise.resolve()
  let wake = new AbortController()
  let unwatch = (): void => {}
  let warned = false

  /** What of a request is for this program: it may be of an earlier version of it. */
  function readAsked(): AskedParameters & { readonly next: number | null } {
    // What is gone, or cannot be read, says nothing new.
    last = channel?.asked() ?? last
    const asked = last
    const mine = Object.entries(asked.set).filter(([name]) => names.has(name))
    const { kept, next } = expiry.look('', Object.fromEntries(mine))
    return { number: asked.number, set: kept, next }
  }

  function tell(refused: string | null): void {
    try {
      channel?.tell({ number: Math.max(0, number), declared: specs, values: current, refused })
    } catch (error) {
      if (!warned) logger.warning(`parameters: nobody can be told of them: ${errorLine(error)}`)
      warned = true
    }
  }

  /** Looks again when the first value for a time is over. */
  function sleepUntil(next: number | null): void {
    wake.abort()
    if (next === null || over.signal.aborted) return
    wake = new AbortController()
    clock.sleep(next, wake.signal).then(look, () => {})
  }

  function look(): void {
    turn = turn.then(async () => {
      if (!over.signal.aborted) await renew()
    })
  }

  async function renew(): Promise<void> {
    const asked = readAsked()
    const { kept, dropped } = fitParameters(specs, asked.set)
    const isNew = asked.number !== number
    number = asked.number
    sleepUntil(asked.next)
    try {
      if (isNew && dropped[0] !== undefined) throw new Error(dropped[0].why)
      await take(kept)
      if (isNew) tell(null)
    } catch (refusal) {
      if (over.signal.aborted) return
      if (isSteadError(refusal, 'CONFIG_MIXED')) return failed(refusal)
      logger.error(`parameters refused: ${errorLine(refusal)}`)
      tell(reasonOf(refusal))
      // What is over by time is offered again.
      sleepUntil(Math.min(asked.next ?? LONGEST_WAIT, LONGEST_WAIT))
    }
  }

  async function take(set: SetParameters): Promise<void> {
    const old = current
    const next = frozen(effectiveParameters(specs, set)) as ParameterValues
    const changed = specs.filter(({ name }) => old[name] !== next[name])
    if (changed.length === 0) return
    const of = changed.map(({ name }) => name)
    const told: ParametersListener<ParameterValues>[] = []
    try {
      for (const listener of [...listeners]) {
        await inTime(listener({ old, parameters: next, changed: of }))
        told.push(listener)
      }
    } catch (refusal) {
      await goBack(told, { old: next, parameters: old, changed: of }, refusal)
      throw refusal
    }
    current = next
    const values = changed.map((spec) => `${spec.name} is ${textOf(spec, next)}`)
    logger.info(`parameters: ${values.join(', ')}`)
  }

  async function inTime(work: unknown): Promise<void> {
    const done = new AbortController()
    const late = clock.sleep(timeout, done.signal).then(
      () => {
        const error = new Error(`parameters were not taken within ${formatDuration(timeout)}`)
        failed(error)
        throw error
      },
      () => {},
    )
    const working = Promise.resolve(work).finally(() => done.abort())
    await Promise.race([working, late.then(() => working)])
  }

  return {
    get current() {
      return current
    },
    listen: (listener) => void listeners.push(listener),
    begin() {
      if (channel === undefined) return
      const asked = readAsked()
      const { kept, dropped } = fitParameters(specs, asked.set)
      for (const { why } of dropped) logger.warning(`a parameter has its default: ${why}`)
      current = frozen(effectiveParameters(specs, kept)) as ParameterValues
      number = asked.number
      tell(null)
    },
    open() {
      if (channel === undefined || over.signal.aborted) return
      unwatch = channel.watch(look)
      look()
    },
    close() {
      over.abort()
      wake.abort()
      unwatch()
    },
  }
}

function textOf(spec: ParameterSpec, values: ParameterValues): string {
  return parameterText(spec, values[spec.name] ?? spec.default)
}

/** For whoever has set them: one line, without the kind of error. */
function reasonOf(refusal: unknown): string {
  const text = refusal instanceof Error ? refusal.message : String(refusal)
  return text.split('\n')[0] || 'it gave no reason'
}
