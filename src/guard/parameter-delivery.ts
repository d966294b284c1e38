import type { GuardedParameter, ParameterChange, ParameterOutcome } from '../model/parameter.ts'
import { parameterText } from '../model/parameter-value.ts'
import type { ParameterPlaces } from '../model/ports/parameter-places.ts'
import type { ProbeOutcome } from '../model/ports/probe.ts'
import type { Timers } from '../model/ports/timers.ts'
import { type Instance, isLive } from './instance.ts'
import type { HeldParameters } from './parameter-values.ts'

export interface DeliveryParts {
  readonly timers: Timers
  readonly places: ParameterPlaces
  readonly held: HeldParameters
  /** `STEAD_INCARNATION` of its present life. */
  readonly lifeOf: (instance: Instance) => string
  /** Resolves with why it did not come about; null where it did. */
  readonly act: (verb: 'reload' | 'restart', instance: Instance) => Promise<string | null>
  /** Runs a command as the program, with these variables too. */
  readonly run: (
    instance: Instance,
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
  ) => Promise<ProbeOutcome>
}

/** How long a program that takes its parameters by itself may take to say so. */
export const ANSWER_TIME = 10_000

/** Why an instance does not have the new values. */
export class Refusal extends Error {}

/**
 * Brings changes of parameters to one instance, whose new values are held already: a service of the
 * SDK takes them by itself and answers; for others stead.yaml says what is done.
 *
 * @throws Refusal where it does not take them
 */
export async function deliver(
  instance: Instance,
  changes: readonly ParameterChange[],
  parts: DeliveryParts,
): Promise<ParameterOutcome> {
  const { id, spec, state } = instance
  const pending = (reason: string): ParameterOutcome => ({ id, state: 'pending', reason })
  let number: number
  try {
    number = parts.held.offer(instance).number
  } catch (error) {
    throw new Refusal(`${id}: it cannot be told to it: ${(error as Error).message}`)
  }
  if (!isLive(instance) || state.phase === 'stopping')
    return pending('it does not run, and has it from its next start on')
  if (state.phase === 'paused') return pending('it is paused, and takes it when it goes on')
  const own = ownParameters(instance, parts)
  const answers = changes.some(({ name }) => own.has(name))
  if (answers && !(await hasAnswered(instance, number, parts)))
    return pending(`it has not answered within ${ANSWER_TIME / 1000} s, and takes it when it does`)
  const byName = new Map(spec.parameters.map((one) => [one.name, one]))
  const others = changes.flatMap((change) => {
    const declared = byName.get(change.name)
    return own.has(change.name) || declared === undefined ? [] : [{ ...change, declared }]
  })
  return (await carryOut(instance, others, parts)) ?? { id, state: 'applied', reason: null }
}

/**
 * A life has begun, which was told nothing yet of values that come by a command: it is told those that
 * were set.
 *
 * @returns what went wrong
 */
export async function tellNewLife(instance: Instance, parts: DeliveryParts): Promise<string[]> {
  const { id, service, spec } = instance
  const set = parts.held.of(service)
  const failures: string[] = []
  for (const declared of spec.parameters) {
    const found = Object.hasOwn(set, declared.name) ? set[declared.name] : undefined
    if (declared.apply.kind !== 'command' || found === undefined) continue
    const failure = await runFor(instance, { declared }, found.value, parts)
    if (failure !== null) failures.push(`${id}: ${failure}`)
  }
  return failures
}

/** Names of those that the program of the present life has declared itself. */
function ownParameters(
  instance: Instance,
  { places, lifeOf }: Pick<DeliveryParts, 'places' | 'lifeOf'>,
): ReadonlySet<string> {
  const told = places.told(instance.id)
  if (told === null || told.life !== lifeOf(instance)) return new Set()
  return new Set(told.declared.map(({ name }) => name))
}

/** Whether the program has taken that request, or none after it, in time. @throws Refusal */
function hasAnswered(
  { id }: Instance,
  number: number,
  { places, timers }: DeliveryParts,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const told = places.told(id)
      if (told === null || told.number < number) return
      end()
      if (told.refused === null) resolve(true)
      else reject(new Refusal(`${id}: ${told.refused}`))
    }
    const ends = [
      places.watch(id, look),
      timers.after(ANSWER_TIME, () => {
        end()
        resolve(false)
      }),
    ]
    const end = (): void => {
      for (const one of ends) one()
    }
    look()
  })
}

type Declared = ParameterChange & { readonly declared: GuardedParameter }

/** @returns what is still to come; null where all of it has come about @throws Refusal */
async function carryOut(
  instance: Instance,
  changes: readonly Declared[],
  parts: DeliveryParts,
): Promise<ParameterOutcome | null> {
  const { id } = instance
  const those = (kind: GuardedParameter['apply']['kind']): readonly Declared[] =>
    changes.filter(({ declared }) => declared.apply.kind === kind)
  const done: Declared[] = []
  for (const change of those('command')) {
    const failure = await runFor(instance, change, change.value, parts)
    if (failure === null) {
      done.push(change)
      continue
    }
    // What went before it goes back; what is wrong was told by the one that failed.
    for (const one of done.toReversed()) await runFor(instance, one, one.old, parts)
    throw new Refusal(`${id}: ${failure}`)
  }
  const restarts = those('restart').length > 0
  if (restarts || those('reload').length > 0) {
    const failure = await parts.act(restarts ? 'restart' : 'reload', instance)
    if (failure !== null) throw new Refusal(failure)
  }
  // Its environment is a new one by now.
  if (restarts) return null
  const later = those('start').map(({ name }) => name)
  if (later.length === 0) return null
  return { id, state: 'pending', reason: `${later.join(', ')}: it has it from its next start on` }
}

async function runFor(
  instance: Instance,
  { declared }: Pick<Declared, 'declared'>,
  value: ParameterChange['value'],
  parts: DeliveryParts,
): Promise<string | null> {
  const { apply, name } = declared
  if (apply.kind !== 'command') return null
  const env = { STEAD_PARAMETER: name, STEAD_VALUE: parameterText(declared, value) }
  const { ok, detail } = await parts.run(instance, apply.command, env)
  return ok ? null : `the command for ${name}: ${detail}`
}
