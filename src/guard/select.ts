import { SteadError } from '../errors.ts'
import { isGlob, nameGlob } from '../model/name-glob.ts'
import type { StatusSelection } from '../model/ports/guard-api.ts'
import type { GroupSpec } from '../model/program-spec.ts'
import { suggest } from '../model/suggest.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'

/**
 * The instances that a verb is for, or a look, each once, in the order of the configuration.
 *
 * @throws NOT_INSTALLED for a name that nothing fits
 */
export function select(
  { names, labels = {}, only, removing = false }: StatusSelection,
  instances: Instances,
  known: readonly GroupSpec[],
): readonly Instance[] {
  const may = (service: string): boolean => only === undefined || only.has(service)
  const all = instances.all().filter((one) => (removing || !one.removing) && may(one.service))
  const groups = known.filter(({ services }) => services.some(may))
  const named =
    names.length === 0 ? new Set(all) : new Set(names.flatMap((name) => fitting(name, all, groups)))
  const wanted = Object.entries(labels)
  return all.filter(
    (one) => named.has(one) && wanted.every(([key, value]) => one.nextSpec.labels[key] === value),
  )
}

function fitting(
  name: string,
  all: readonly Instance[],
  groups: readonly GroupSpec[],
): readonly Instance[] {
  const group = groups.find((one) => one.name === name)
  const fits = isGlob(name) ? nameGlob(name) : null
  const found = all.filter((one) => {
    if (fits !== null) return fits.test(one.service) || fits.test(`${one.service}@${one.number}`)
    if (group !== undefined) return group.services.includes(one.service)
    return one.service === name || `${one.service}@${one.number}` === name
  })
  if (found.length === 0) {
    const near = suggest(name, [...all.map(({ service }) => service), ...groups.map((g) => g.name)])
    throw new SteadError('NOT_INSTALLED', { name, manager: 'this guard', near })
  }
  return found
}
