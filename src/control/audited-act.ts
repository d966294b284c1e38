import { isSteadError } from '../errors.ts'
import type { ParameterRequest, ParameterResult } from '../model/parameter.ts'
import type { AuditEntry } from '../model/ports/audit.ts'
import type { ApplyChange, Selection, VerbResult } from '../model/ports/guard-api.ts'

/** Of names and changes so many stand in an entry; the rest is counted. */
const MOST_NAMED = 50

/** A change as the audit log has it. */
export type Act = Pick<AuditEntry, 'action' | 'targets' | 'detail'>

export function targetsOf({ names }: Selection): readonly string[] {
  return bounded(names)
}

export function labelsOf({ labels }: Selection): object {
  return labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }
}

export function textOf({ action, targets }: Act): string {
  return targets.length === 0
    ? `${action} everything`
    : `${action} ${targets.slice(0, 3).join(', ')}`
}

export function outcomeOf(results: readonly VerbResult[]): Partial<AuditEntry> {
  const errors = [...new Set(results.flatMap(({ error }) => (error === null ? [] : [error.code])))]
  const targets = bounded(results.map(({ id }) => id))
  return errors.length === 0 ? { targets } : { targets, result: 'failed', errors }
}

export function changesOf(changes: readonly ApplyChange[]): Partial<AuditEntry> {
  const real = changes.filter(({ action }) => action !== 'nothing')
  const told = real.map(({ service, action, settings }) => [service, action, ...settings].join(' '))
  return {
    targets: bounded(real.map(({ service }) => service)),
    detail: { changes: bounded(told) },
  }
}

/** Parameters are no secrets: what they were and what they are stands in the audit log. */
export function parameterAct(service: string, request: ParameterRequest): Act {
  const { set, reset } = request
  const lasting = request.for === null ? {} : { for: request.for }
  const names = Object.keys(set)
  const detail = {
    ...(names.length === 0 ? {} : { set: bounded(names) }),
    ...(reset.length === 0 ? {} : { reset: bounded(reset) }),
    ...lasting,
  }
  return { action: 'set', targets: [service], detail }
}

export function parametersOf({ service, changes }: ParameterResult): Partial<AuditEntry> {
  const told = changes.map(
    ({ name, old, value, until }) =>
      `${name}: ${old} → ${value}${until === null ? '' : ` until ${until}`}`,
  )
  return { targets: [service], detail: { changes: bounded(told) } }
}

export function bounded(texts: readonly string[]): readonly string[] {
  if (texts.length <= MOST_NAMED) return texts
  return [...texts.slice(0, MOST_NAMED), `… and ${texts.length - MOST_NAMED} more`]
}

export function codesOf(errors: readonly unknown[]): readonly string[] {
  return errors.map((error) => (isSteadError(error) ? error.code : 'INTERNAL'))
}
