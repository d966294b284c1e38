import type { CriticalPath, CriticalStep } from '../../model/critical-path.ts'
import type { GraphInstance, GraphService } from '../../model/guard-graph.ts'
import type { ProgramPhase } from '../../model/guard-status.ts'

export interface GraphInk {
  readonly colour: boolean
  /** Lines and corners; otherwise plain characters. */
  readonly unicode: boolean
}

/** From the worst: what a service of several instances is coloured by. */
const ORDER: readonly ProgramPhase[] = [
  'fatal',
  'lost',
  'backoff',
  'stopping',
  'waiting',
  'starting',
  'paused',
  'running',
  'exited',
  'stopped',
]

/** As the phases of `stead status` have them. */
const COLOURS: Readonly<Partial<Record<ProgramPhase, number>>> = {
  fatal: 31,
  lost: 31,
  backoff: 33,
  stopping: 33,
  waiting: 33,
  starting: 33,
  paused: 33,
  running: 32,
}

/**
 * Services as a forest: under each what needs it. One that needs several stands under each of them,
 * and what needs it under the first alone. As many lines as there are services and dependencies.
 */
export function graphText(services: readonly GraphService[], ink: GraphInk): string {
  const dependents = dependentsOf(services)
  const byName = new Map(services.map((service) => [service.name, service]))
  const drawn = new Set<string>()
  const lines: string[] = []
  const [branch, corner, pipe] = ink.unicode ? ['├─ ', '└─ ', '│  '] : ['+- ', '`- ', '|  ']
  interface Open {
    readonly service: GraphService
    readonly needs: string
    readonly lead: string
    readonly under: string
  }
  const roots = services.filter(({ dependsOn }) => Object.keys(dependsOn).length === 0)
  const open: Open[] = roots
    .map((service): Open => ({ service, needs: '', lead: '', under: '' }))
    .reverse()
  // A stack of our own: a chain of thousands is as deep.
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { service, needs, lead, under } = one
    const below = dependents.get(service.name) ?? []
    const again = drawn.has(service.name) && below.length > 0
    const more = again ? (ink.unicode ? ' …' : ' ...') : ''
    lines.push(`${lead}${service.name}${stateOf(service, ink.colour)}${needs}${more}`)
    if (drawn.has(service.name)) continue
    drawn.add(service.name)
    const next = below.map((name, at): Open => {
      const other = byName.get(name) as GraphService
      const last = at === below.length - 1
      return {
        service: other,
        needs: `  (${other.dependsOn[service.name]})`,
        lead: `${under}${last ? corner : branch}`,
        under: `${under}${last ? '   ' : pipe}`,
      }
    })
    open.push(...next.reverse())
  }
  return lines.length === 0 ? 'no services' : lines.join('\n')
}

/** What decided when everything was ready. */
export function criticalText(path: CriticalPath): string {
  const width = Math.max(...path.steps.map(({ id }) => id.length))
  const began = Date.parse(path.began)
  const rows = path.steps.map((step) => {
    const at = `+${seconds(Date.parse(step.started) - began)}`.padStart(10)
    return `${at}  ${step.id.padEnd(width)}  ${storyOf(step)}`
  })
  return [
    `the last start took ${seconds(path.took)}, from ${path.began}; what decided it:`,
    ...rows,
  ].join('\n')
}

function storyOf({ after, waited, took }: CriticalStep): string {
  const own = `done ${seconds(took)} after its start`
  if (after === null) return own
  return `waited ${seconds(waited)}, at last for ${after.id} (${after.condition}); ${own}`
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`
}

/** Names of those that need each. */
export function dependentsOf(
  services: readonly GraphService[],
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>()
  for (const { name, dependsOn } of services) {
    for (const other of Object.keys(dependsOn)) {
      const list = dependents.get(other)
      if (list === undefined) dependents.set(other, [name])
      else list.push(name)
    }
  }
  return dependents
}

/** The services of those names with all that they need and all that need them. */
export function aroundNames(
  services: readonly GraphService[],
  names: ReadonlySet<string>,
): readonly GraphService[] {
  const byName = new Map(services.map((service) => [service.name, service]))
  const dependents = dependentsOf(services)
  const kept = new Set([
    ...reached(names, (name) => Object.keys(byName.get(name)?.dependsOn ?? {})),
    ...reached(names, (name) => dependents.get(name) ?? []),
  ])
  return services
    .filter(({ name }) => kept.has(name))
    .map((service) => ({
      ...service,
      dependsOn: Object.fromEntries(
        Object.entries(service.dependsOn).filter(([name]) => kept.has(name)),
      ),
    }))
}

function reached(
  from: ReadonlySet<string>,
  next: (name: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(from)
  for (const name of found) for (const other of next(name)) found.add(other)
  return found
}

/** The worst phase of its instances; null where nothing but its definition is known. */
export function worstPhase({ instances }: GraphService): ProgramPhase | null {
  return ORDER.find((phase) => instances.some((one) => one.phase === phase)) ?? null
}

function stateOf(service: GraphService, colour: boolean): string {
  const { instances, count, type } = service
  const phase = worstPhase(service)
  if (phase === null) {
    const kind = type === 'job' ? ['job'] : []
    const facts = count === 1 ? kind : [...kind, `${count} instances`]
    return facts.length === 0 ? '' : `  ${facts.join(', ')}`
  }
  const [only] = instances
  const words = instances.length === 1 && only !== undefined ? wordOf(only) : wordsOf(instances)
  const code = COLOURS[phase]
  return colour && code !== undefined ? `  \u001b[${code}m${words}\u001b[0m` : `  ${words}`
}

/** `2 running, 1 backoff`, the worst first. */
function wordsOf(instances: readonly GraphInstance[]): string {
  const counts = Map.groupBy(instances, wordOf)
  const worst = (list: readonly GraphInstance[]): number =>
    ORDER.indexOf((list[0] as GraphInstance).phase)
  return [...counts]
    .sort(([, a], [, b]) => worst(a) - worst(b))
    .map(([word, { length }]) => `${length} ${word}`)
    .join(', ')
}

function wordOf({ phase, health }: GraphInstance): string {
  return phase === 'running' && health === 'unhealthy' ? 'unhealthy' : phase
}
