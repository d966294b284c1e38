/** `set`: what a service lets an operator change while it runs. */
import { SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import type { ParameterFact, ParameterRequest, ParameterResult } from '../../model/parameter.ts'
import { type CommonOptions, checkNames, runVerb, workshopFor } from '../context.ts'
import { nearestName, placeNames, withGuards } from '../guard-access.ts'
import { changedText, parametersText } from '../present/parameters-text.ts'

export interface SetOptions extends CommonOptions {
  readonly for?: string
  readonly reset?: readonly string[]
}

/** Whoever has the parameters of a service. */
export interface ParameterHolder {
  parameters(): Promise<readonly ParameterFact[]>
  set(request: ParameterRequest): Promise<ParameterResult>
}

/** `set NAME` shows its parameters, `set NAME key=value…` changes them: all, or none. */
export function set(
  name: string,
  assignments: readonly string[],
  options: SetOptions,
): Promise<number> {
  return runVerb(options, async (output) => {
    const { reset = [] } = options
    const request = requestOf(assignments, reset, options.for)
    return withHolder(name, options, async (holder) => {
      if (assignments.length === 0 && reset.length === 0) {
        const parameters = await holder.parameters()
        if (parameters.length === 0) throw new SteadError('PARAMETERS_NONE', { service: name })
        if (output.json) output.object({ service: name, parameters })
        else output.answer(parametersText(parameters))
        return 0
      }
      const result = await output.progress(`setting ${name}`, holder.set(request))
      if (output.json) output.object(result)
      for (const line of changedText(result)) output.done(line)
      return 0
    })
  })
}

function withHolder<T>(
  name: string,
  options: CommonOptions,
  use: (holder: ParameterHolder) => Promise<T>,
): Promise<T> {
  return withGuards(options, async (guards) => {
    const { guards: placed } = await placeNames([name], guards)
    const [found] = placed
    if (found !== undefined) {
      const { client } = found.guard
      return use({
        parameters: () => client.parameters(name),
        set: (request) => client.setParameters(name, request),
      })
    }
    const { managedParameters } = await import('../compose-parameters.ts')
    checkNames([name])
    const managed = await managedParameters(name, await workshopFor(options))
    if (managed !== null) return use(managed)
    const near = await nearestName(name, guards)
    throw new SteadError('NOT_INSTALLED', {
      name,
      manager: 'no running guard, and no record',
      near,
    })
  })
}

/** @throws USAGE */
export function requestOf(
  assignments: readonly string[],
  reset: readonly string[],
  lasting: string | undefined,
): ParameterRequest {
  const usage = (problem: string): never => {
    throw new SteadError('USAGE', { problem, verb: 'set' })
  }
  const values = new Map<string, string>()
  for (const text of assignments) {
    const at = text.indexOf('=')
    if (at < 1) usage(`a parameter is set as KEY=VALUE, not ${JSON.stringify(text)}`)
    const key = text.slice(0, at)
    if (values.has(key)) usage(`${key} is set twice`)
    values.set(key, text.slice(at + 1))
  }
  const time = lasting === undefined ? null : parseDuration(lasting)
  if (lasting !== undefined && (time === null || time === 0))
    usage(`--for is a time such as 10m, not ${JSON.stringify(lasting)}`)
  if (lasting !== undefined && values.size === 0)
    usage('--for says how long a value holds, and none is set')
  return { set: Object.fromEntries(values), reset, for: time }
}
