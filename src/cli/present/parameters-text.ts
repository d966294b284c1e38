import type { ParameterFact, ParameterResult } from '../../model/parameter.ts'
import { parameterText } from '../../model/parameter-value.ts'

/** The parameters of a service as a table, with what each is about below it. */
export function parametersText(parameters: readonly ParameterFact[]): string {
  const head = ['PARAMETER', 'VALUE', 'DEFAULT', 'MAY BE']
  const rows = parameters.map(({ name, text, defaultText, range }) => [
    name,
    text === '' ? '""' : text,
    defaultText === '' ? '""' : defaultText,
    range,
  ])
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')
  const told = parameters.map(({ description, set }, at) => {
    const about = description === null ? [] : [`  ${description}`]
    const until = set === null || set.until === null ? '' : `, until ${set.until}`
    const whose = set === null ? [] : [`  set by ${set.by} at ${set.at}${until}`]
    return [line(rows[at] ?? []), ...about, ...whose].join('\n')
  })
  return [line(head), ...told].join('\n')
}

/** What came of a change, a line each: values first, then what each instance makes of them. */
export function changedText({ service, changes, outcomes, parameters }: ParameterResult): string[] {
  const specs = new Map(parameters.map((one) => [one.name, one]))
  const values = changes.map(({ name, old, value, until }) => {
    const type = specs.get(name)?.type ?? 'string'
    const [was, is] = [parameterText({ type }, old), parameterText({ type }, value)]
    return `${service}: ${name} is ${is} (was ${was})${until === null ? '' : `, until ${until}`}`
  })
  if (values.length === 0) values.push(`${service}: nothing is different`)
  const states = outcomes.map(({ id, state, reason }) =>
    state === 'applied'
      ? `${id} has taken it`
      : `${id}: pending: ${reason ?? 'it is not told yet'}`,
  )
  if (states.length === 0) states.push(`${service} has no instance: it is kept for those to come`)
  return changes.length === 0 ? values : [...values, ...states]
}
