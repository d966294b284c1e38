import { SteadError } from '../../errors.ts'
import { criticalPath } from '../../model/critical-path.ts'
import type { GraphService, GuardGraph } from '../../model/guard-graph.ts'
import type { GuardSpec } from '../../model/program-spec.ts'
import { suggest } from '../../model/suggest.ts'
import { findGuardFile, readGuardFile } from '../compose-guard-home.ts'
import { runVerb } from '../context.ts'
import { type Connected, onlyOf, withGuards } from '../guard-access.ts'
import { isUtf8 } from '../locale.ts'
import { aroundNames, criticalText, graphText } from '../present/graph-text.ts'
import type { FileOptions } from './guard-control.ts'

export interface GraphOptions extends FileOptions {
  readonly mermaid?: boolean
}

/** `graph [NAME…]`: who needs whom, how each is, and what decided how long the last start took. */
export function graph(names: readonly string[], options: GraphOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      const { guard, services: all } = await graphMeant(guards, options.file, options)
      const services = chosen(all, names)
      const path = criticalPath(services)
      if (output.json) {
        output.object({ guard, services, criticalPath: path })
      } else if (options.mermaid === true) {
        const { graphMermaid } = await import('../present/graph-mermaid.ts')
        output.answer(graphMermaid(services, path))
      } else {
        const ink = { colour: output.colour, unicode: isUtf8(process.env) }
        output.answer(graphText(services, ink))
        if (path !== null) output.answer(`\n${criticalText(path)}`)
      }
      return 0
    }),
  )
}

/**
 * What the guard of the file says; the file itself where none keeps it. Without a file the only guard
 * that runs.
 *
 * @throws FILE_UNREADABLE, GUARD_FILE_INVALID, USAGE where several run
 */
async function graphMeant(
  guards: readonly Connected[],
  named: string | undefined,
  options: FileOptions,
): Promise<GuardGraph> {
  const file = fileMeant(named, guards)
  if (file === null) return (guards[0] as Connected).client.graph()
  const own = guards.find(({ facts }) => facts.file === file)
  if (own !== undefined) return own.client.graph()
  const { loadGuardFile } = await import('../../config/guard-file.ts')
  const { configFiles } = await import('../../platform/config-files.ts')
  const text = readGuardFile(file)
  const { loadShown } = await import('../shown-remote.ts')
  const asked = { path: file, text, env: process.env }
  const { loaded } = await loadShown(asked, options, (layer, watched) =>
    loadGuardFile({ ...asked, remote: { layer, watched } }, configFiles()),
  )
  return definition(loaded.spec)
}

/** Null for the only guard that runs. */
function fileMeant(named: string | undefined, guards: readonly Connected[]): string | null {
  try {
    return findGuardFile(named)
  } catch (error) {
    if (named !== undefined || onlyOf(guards) === null) throw error
    return null
  }
}

/** What a configuration alone tells. */
export function definition({ services, groups }: GuardSpec): GuardGraph {
  return {
    guard: null,
    services: services.map(({ name, type, dependsOn, instances }) => ({
      name,
      type,
      dependsOn,
      groups: groups.filter((one) => one.services.includes(name)).map((one) => one.name),
      count: instances,
      instances: [],
    })),
  }
}

/** @throws NOT_INSTALLED */
function chosen(
  services: readonly GraphService[],
  names: readonly string[],
): readonly GraphService[] {
  if (names.length === 0) return services
  const wanted = new Set<string>()
  for (const name of names) {
    const found = services.filter(
      ({ name: own, groups }) => own === name.split('@')[0] || groups.includes(name),
    )
    for (const { name: own } of found) wanted.add(own)
    if (found.length > 0) continue
    const near = suggest(
      name,
      services.map((one) => one.name),
    )
    throw new SteadError('NOT_INSTALLED', { name, manager: 'this graph', near })
  }
  return aroundNames(services, wanted)
}
