import { isDeepStrictEqual } from 'node:util'
import { isSteadError, SteadError } from '../errors.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type {
  ParameterChange,
  ParameterFact,
  ParameterOutcome,
  ParameterRequest,
  ParameterResult,
  ParameterSpec,
  SetParameters,
} from '../model/parameter.ts'
import {
  changedParameters,
  changeParameters,
  effectiveParameters,
  fitParameters,
  parameterFacts,
} from '../model/parameter-change.ts'
import { parameterExpiry } from '../model/parameter-expiry.ts'
import { parameterText } from '../model/parameter-value.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { Instance } from './instance.ts'
import { type DeliveryParts, deliver, Refusal, tellNewLife } from './parameter-delivery.ts'

export interface GuardParameterParts extends DeliveryParts {
  readonly clock: Clock
  readonly tell: (happening: GuardHappening) => void
  readonly instancesOf: (service: string) => readonly Instance[]
}

/** Why a value is another one. */
type Cause = Extract<GuardHappening, { type: 'parameter' }>['cause']

/** Run-time parameters of the services of a guard. */
export interface GuardParameters {
  facts(service: string): readonly ParameterFact[]
  /** The same without asking its programs what they have by now. */
  known(service: string): readonly ParameterFact[]
  /** @throws PARAMETERS_NONE, PARAMETER_INVALID, PARAMETER_REFUSED; nothing has changed then */
  set(service: string, request: ParameterRequest, by: string): Promise<ParameterResult>
  /** Its program is ready: it may have said what parameters it has, and may have to be told some. */
  started(instance: Instance): void
  /** Other declarations may hold: what does not fit them any more is dropped. */
  declared(services: readonly ProgramSpec[]): void
  /** Values for a time go back from now on. Called before anything is started. */
  begin(services: readonly ProgramSpec[]): void
  close(): void
}

export function guardParameters(parts: GuardParameterParts): GuardParameters {
  const { clock, timers, places, held, lifeOf, tell, instancesOf } = parts
  /** What programs have declared, by service. */
  const told = new Map<string, readonly ParameterSpec[]>()
  /** Changes of one service are made one after the other. */
  const turns = new Map<string, Promise<unknown>>()
  /** The specs by which values were effective when they were last looked at. */
  const seen = new Map<string, readonly ParameterSpec[]>()
  const expiry = parameterExpiry(clock)
  let cancel = (): void => {}
  let open = false

  function present(service: string): readonly Instance[] {
    return instancesOf(service).filter(({ removing }) => !removing)
  }

  function specsOf(service: string): readonly ParameterSpec[] {
    for (const instance of present(service)) learn(instance)
    return knownSpecs(service)
  }

  function knownSpecs(service: string): readonly ParameterSpec[] {
    const written = present(service)[0]?.nextSpec.parameters ?? []
    const names = new Set(written.map(({ name }) => name))
    return [...written, ...(told.get(service) ?? []).filter(({ name }) => !names.has(name))]
  }

  function learn(instance: Instance): void {
    const { id, service, state } = instance
    if (state.pid === null) return
    const said = places.told(id)
    if (said !== null && said.life === lifeOf(instance)) told.set(service, said.declared)
  }

  function inTurn<T>(service: string, change: () => Promise<T>): Promise<T> {
    const before = turns.get(service) ?? Promise.resolve()
    const mine = before.then(change, change)
    const settled = mine.catch(() => {})
    turns.set(service, settled)
    void settled.then(() => {
      if (turns.get(service) === settled) turns.delete(service)
    })
    return mine
  }

  /** All of its instances take it, or none. @throws Refusal */
  async function bring(
    service: string,
    next: SetParameters,
    changes: readonly ParameterChange[],
  ): Promise<readonly ParameterOutcome[]> {
    const before = held.of(service)
    const reached: Instance[] = []
    const outcomes: ParameterOutcome[] = []
    held.hold(service, next)
    try {
      for (const instance of present(service)) {
        reached.push(instance)
        outcomes.push(await deliver(instance, changes, parts))
      }
      held.keep()
      return outcomes
    } catch (error) {
      held.hold(service, before)
      const back = changes.map((one) => ({ ...one, old: one.value, value: one.old }))
      for (const instance of reached) {
        await deliver(instance, back, parts).catch((failure: Error) =>
          warn(`parameters of ${service} do not go back: ${failure.message}`),
        )
      }
      throw error
    }
  }

  /** What has to happen whether programs like it or not: the value is gone. */
  async function takeAway(
    service: string,
    next: SetParameters,
    changes: readonly ParameterChange[],
  ): Promise<void> {
    held.hold(service, next)
    for (const instance of present(service)) {
      await deliver(instance, changes, parts).catch(({ message }: Error) => warn(message))
    }
    keep(service)
  }

  function keep(service: string): void {
    try {
      held.keep()
    } catch (error) {
      warn(`parameters of ${service} cannot be kept: ${(error as Error).message}`)
    }
  }

  function tellOf(
    service: string,
    specs: readonly ParameterSpec[],
    changes: readonly ParameterChange[],
    cause: Cause,
    by: string,
  ): void {
    for (const { name, old, value, until } of changes) {
      const spec = specs.find((one) => one.name === name)
      if (spec === undefined) continue
      const [was, is] = [parameterText(spec, old), parameterText(spec, value)]
      tell({ type: 'parameter', id: service, name, old: was, value: is, cause, by, until })
    }
  }

  function warn(text: string): void {
    tell({ type: 'guard', text, severity: 4 })
  }

  function plan(): void {
    cancel()
    const looks = held.services.map((service) => expiry.look(service, held.of(service)))
    const next = looks.reduce<number | null>((least, { expired, next: left }) => {
      const due = expired.length > 0 ? 0 : left
      return due === null ? least : Math.min(least ?? due, due)
    }, null)
    if (open && next !== null) cancel = timers.after(next, expire)
  }

  function expire(): void {
    const due = held.services.filter(
      (service) => expiry.look(service, held.of(service)).expired.length > 0,
    )
    const ends = due.map((service) =>
      inTurn(service, async () => {
        const before = held.of(service)
        const { kept } = expiry.look(service, before)
        const specs = specsOf(service)
        const changes = changedParameters(specs, before, kept)
        await takeAway(service, kept, changes)
        tellOf(service, specs, changes, 'expired', 'time')
      }),
    )
    void Promise.all(ends).then(plan)
  }

  /** What was over before this guard began: no program is told it any more, and nobody else has told that it is. */
  function lapse(): void {
    const lapsed = held.services.flatMap((service) => {
      const before = held.of(service)
      const { kept, expired } = expiry.look(service, before)
      return expired.length === 0 ? [] : [{ service, before, kept }]
    })
    if (lapsed.length === 0) return
    for (const { service, kept } of lapsed) held.hold(service, kept)
    keep(lapsed.map(({ service }) => service).join(', '))
    for (const { service, before, kept } of lapsed) {
      const specs = seen.get(service) ?? []
      tellOf(service, specs, changedParameters(specs, before, kept), 'expired', 'time')
    }
  }

  /** Values go on where they fit what is declared now; defaults may be others. */
  async function follow(service: string, old: readonly ParameterSpec[]): Promise<void> {
    const specs = specsOf(service)
    const before = held.of(service)
    const { kept, dropped } = fitDeclared(specs, old, before)
    for (const { why } of dropped) warn(`a parameter of ${service} has its default: ${why}`)
    const was = effectiveParameters(old, before)
    const now = effectiveParameters(specs, kept)
    const changes = specs.flatMap(({ name }): ParameterChange[] => {
      const [from, to] = [was[name], now[name]]
      const until = kept[name]?.until ?? null
      return from === undefined || to === undefined || from === to
        ? []
        : [{ name, old: from, value: to, until }]
    })
    await takeAway(service, kept, changes)
    tellOf(service, specs, changes, 'declaration', 'configuration')
    plan()
  }

  return {
    facts: (service) => parameterFacts(specsOf(service), held.of(service)),
    known: (service) => parameterFacts(knownSpecs(service), held.of(service)),
    set: (service, request, by) =>
      inTurn(service, async () => {
        const specs = specsOf(service)
        if (specs.length === 0) throw new SteadError('PARAMETERS_NONE', { service })
        const before = held.of(service)
        const at = { by, now: clock.wall() }
        const next = changeParameters(service, specs, before, request, at)
        const changes = changedParameters(specs, before, next)
        const outcomes = await bring(service, next, changes).catch((error: unknown) => {
          if (isSteadError(error)) throw error
          const reason = (error as Error).message
          const why = error instanceof Refusal ? reason : `it cannot be kept: ${reason}`
          throw new SteadError('PARAMETER_REFUSED', { service, reason: why }, { cause: error })
        })
        tellOf(service, specs, changes, 'set', by)
        plan()
        return { service, changes, outcomes, parameters: parameterFacts(specs, next) }
      }),
    started(instance) {
      learn(instance)
      if (instance.spec.parameters.length === 0) return
      void tellNewLife(instance, parts).then((failures) => failures.forEach(warn))
    },
    declared(services) {
      for (const { name: service, parameters: specs } of services) {
        const old = seen.get(service) ?? []
        seen.set(service, specs)
        if (old.length + specs.length === 0 || isDeepStrictEqual(old, specs)) continue
        void inTurn(service, () => follow(service, old))
      }
    },
    begin(services) {
      open = true
      for (const { name, parameters: specs } of services) seen.set(name, specs)
      const names = new Set(services.map(({ name }) => name))
      for (const service of held.services) if (!names.has(service)) held.hold(service, {})
      lapse()
      plan()
    },
    close() {
      open = false
      cancel()
    },
  }
}

/** What a program has declared itself, and is not seen at present, is its own affair. */
function fitDeclared(
  specs: readonly ParameterSpec[],
  old: readonly ParameterSpec[],
  set: SetParameters,
): ReturnType<typeof fitParameters> {
  const mine = new Set([...specs, ...old].map(({ name }) => name))
  const entries = Object.entries(set)
  const others = entries.filter(([name]) => !mine.has(name))
  const fit = fitParameters(specs, Object.fromEntries(entries.filter(([name]) => mine.has(name))))
  return { ...fit, kept: { ...fit.kept, ...Object.fromEntries(others) } }
}
