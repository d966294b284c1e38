import { SteadError } from '../errors.ts'
import type {
  ParameterChange,
  ParameterFact,
  ParameterRequest,
  ParameterSpec,
  ParameterValues,
  SetParameter,
  SetParameters,
} from './parameter.ts'
import { parameterText, rangeOf, readParameter } from './parameter-value.ts'
import { suggest } from './suggest.ts'

/** A time that is longer is a typing error. */
const LONGEST = 366 * 24 * 3_600_000

/** What parameters are: what was set, and their defaults. */
export function effectiveParameters(
  specs: readonly ParameterSpec[],
  set: SetParameters,
): ParameterValues {
  return Object.fromEntries(
    specs.map((spec) => [spec.name, ownOf(set, spec.name)?.value ?? spec.default]),
  )
}

/**
 * What a request makes of what was set: everything that it asks for.
 *
 * @throws PARAMETER_INVALID with every problem; nothing of it is done then
 */
export function changeParameters(
  service: string,
  specs: readonly ParameterSpec[],
  current: SetParameters,
  request: ParameterRequest,
  { by, now }: { readonly by: string; readonly now: Date },
): SetParameters {
  const problems: string[] = []
  const bySpec = new Map(specs.map((spec) => [spec.name, spec]))
  const next: Record<string, SetParameter> = { ...current }
  const lasting = request.for
  if (lasting !== null && !(lasting > 0 && lasting <= LONGEST))
    problems.push('--for: it is a time from 1ms to 366d')
  const until =
    lasting === null || problems.length > 0 ? null : new Date(now.getTime() + lasting).toISOString()
  const specOf = (name: string): ParameterSpec | undefined => {
    const spec = bySpec.get(name)
    if (spec === undefined) problems.push(unknown(service, name, specs))
    return spec
  }
  for (const [name, given] of Object.entries(request.set)) {
    const spec = specOf(name)
    if (spec === undefined) continue
    const read = readParameter(spec, given)
    if ('problem' in read) problems.push(read.problem)
    else next[name] = { value: read.value, by, at: now.toISOString(), until }
  }
  for (const name of request.reset) {
    if (specOf(name) === undefined) continue
    if (Object.hasOwn(request.set, name)) problems.push(`${name}: it is both set and reset`)
    delete next[name]
  }
  if (Object.keys(request.set).length === 0) {
    if (lasting !== null) problems.push('--for: there is no value that it could be for')
    if (request.reset.length === 0) problems.push('nothing is set, and nothing reset')
  }
  if (problems.length > 0) throw new SteadError('PARAMETER_INVALID', { service, problems })
  return next
}

/** What differs for the program. */
export function changedParameters(
  specs: readonly ParameterSpec[],
  before: SetParameters,
  after: SetParameters,
): ParameterChange[] {
  const [old, now] = [effectiveParameters(specs, before), effectiveParameters(specs, after)]
  return specs.flatMap(({ name }) => {
    const [was, is] = [old[name], now[name]]
    const until = ownOf(after, name)?.until ?? null
    return was === undefined || is === undefined || was === is
      ? []
      : [{ name, old: was, value: is, until }]
  })
}

/** What of the set values is none any more: it is not declared, or not within what is. */
export function fitParameters(
  specs: readonly ParameterSpec[],
  set: SetParameters,
): { readonly kept: SetParameters; readonly dropped: readonly { name: string; why: string }[] } {
  const bySpec = new Map(specs.map((spec) => [spec.name, spec]))
  const dropped: { name: string; why: string }[] = []
  const kept = Object.entries(set).filter(([name, { value }]) => {
    const spec = bySpec.get(name)
    const read = spec === undefined ? null : readParameter(spec, value)
    if (read !== null && 'value' in read) return true
    dropped.push({
      name,
      why: read === null ? `${name}: it is no longer declared` : read.problem,
    })
    return false
  })
  return { kept: Object.fromEntries(kept), dropped }
}

/**
 * Milliseconds until it goes back to its default; null for never. Never more than it was set for, so
 * that a clock that was put back makes it no longer than that.
 */
export function timeLeft(
  { at, until }: Pick<SetParameter, 'at' | 'until'>,
  now: Date,
): number | null {
  if (until === null) return null
  const end = Date.parse(until)
  return Math.max(0, Math.min(end - now.getTime(), end - Date.parse(at)))
}

export function parameterFacts(
  specs: readonly ParameterSpec[],
  set: SetParameters,
): ParameterFact[] {
  return specs.map((spec) => {
    const found = ownOf(set, spec.name)
    const value = found?.value ?? spec.default
    return {
      name: spec.name,
      type: spec.type,
      description: spec.description,
      default: spec.default,
      range: rangeOf(spec),
      value,
      text: parameterText(spec, value),
      defaultText: parameterText(spec, spec.default),
      set: found === undefined ? null : { by: found.by, at: found.at, until: found.until },
    }
  })
}

function ownOf(set: SetParameters, name: string): SetParameter | undefined {
  return Object.hasOwn(set, name) ? set[name] : undefined
}

function unknown(service: string, name: string, specs: readonly ParameterSpec[]): string {
  const names = specs.map((spec) => spec.name)
  const near = suggest(name, names)
  const shown = name.slice(0, 64)
  if (near !== null) return `${service} has no parameter ${shown}; did you mean ${near}?`
  return `${service} has no parameter ${shown}; it has ${names.join(', ')}`
}
