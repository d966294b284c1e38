import type { ProgramSpec } from '../model/program-spec.ts'
import { suggest } from '../model/suggest.ts'
import { findCycle } from './dependency-cycle.ts'
import type { GuardSettings } from './guard-schema.ts'
import type { FileProblem } from './source/config-source.ts'

/** What no setting alone can show: services that do not fit each other. */
export function guardRelations(
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  return [
    ...[...services.values()].flatMap((service) => dependencyProblems(service, settings, services)),
    ...cycleProblem(services),
    ...groupProblems(settings, services),
    ...[...services.values()].flatMap((service) => restartProblems(service)),
    ...logProblems(services),
    ...encodingProblems(services),
    ...sinkProblems(services),
    ...socketProblems(services),
  ]
}

function dependencyProblems(
  service: ProgramSpec,
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  const problems: FileProblem[] = []
  const written = settings.services[service.name]?.dependsOn
  const listed = Array.isArray(written) ? written : null
  const names = listed ?? Object.keys(service.dependsOn)
  names.forEach((name, index) => {
    const path = ['services', service.name, 'dependsOn', listed === null ? name : index]
    const condition = service.dependsOn[name]
    const other = services.get(name)
    const say = (message: string): number => problems.push({ path, message })
    if (listed !== null && listed.indexOf(name) < index) say(`${name} is named twice`)
    else if (name === service.name) say('a service cannot wait for itself')
    else if (other === undefined) say(unknown(name, settings, services))
    else if (condition === 'healthy' && other.health === null)
      say(`${name} has no health check, so it is never healthy`)
    else if (condition === 'ready' && other.type === 'job')
      say(`${name} is a job, which is never ready; did you mean succeeded or completed?`)
    else if ((condition === 'completed' || condition === 'succeeded') && restartsAlways(other))
      say(`${name} is restarted always, so it never has ${condition}`)
  })
  return problems
}

function restartsAlways({ restart }: ProgramSpec): boolean {
  return restart.when === 'always' && restart.strategy !== 'manual'
}

function unknown(
  name: string,
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): string {
  const group = settings.groups?.[name]
  if (group !== undefined) return `${name} is a group; services are named here`
  const near = suggest(name, services.keys())
  return `there is no service ${name}${near === null ? '' : `; did you mean ${near}?`}`
}

function cycleProblem(services: ReadonlyMap<string, ProgramSpec>): FileProblem[] {
  const edges = new Map(
    [...services].map(([name, { dependsOn }]) => [
      name,
      Object.keys(dependsOn).filter((other) => other !== name && services.has(other)),
    ]),
  )
  const cycle = findCycle(edges)
  if (cycle === null) return []
  const [first = '', second = ''] = cycle
  const long = cycle.length > 30
  const shown = long
    ? [...cycle.slice(0, 15), `… ${cycle.length - 30} more …`, ...cycle.slice(-15)]
    : cycle
  const path = ['services', first, 'dependsOn', second]
  return [{ path, message: `they wait for each other in a circle: ${shown.join(' → ')}` }]
}

function groupProblems(
  settings: GuardSettings,
  services: ReadonlyMap<string, ProgramSpec>,
): FileProblem[] {
  const problems: FileProblem[] = []
  const groupOf = new Map<string, string>()
  for (const [group, { services: members }] of Object.entries(settings.groups ?? {})) {
    if (services.has(group)) {
      const message = 'a service has the same name; verbs could not tell them apart'
      problems.push({ path: ['groups', group], message, key: true })
    }
    members.forEach((name, index) => {
      const path = ['groups', group, 'services', index]
      const other = groupOf.get(name)
      if (!services.has(name)) problems.push({ path, message: unknown(name, settings, services) })
      else if (other === group) problems.push({ path, message: `${name} is named twice` })
      else if (other !== undefined)
        problems.push({ path, message: `${name} is in the group ${other} already` })
      else groupOf.set(name, group)
    })
  }
  return problems
}

function restartProblems({ name, restart }: ProgramSpec): FileProblem[] {
  if (restart.delay <= restart.maxDelay) return []
  const path = ['services', name, 'restart', 'maxDelay']
  return [{ path, message: 'it is less than delay, which it is to cap' }]
}

function sinkProblems(services: ReadonlyMap<string, ProgramSpec>): FileProblem[] {
  const message = 'the program writes its file itself (format: direct): sinks need another format'
  return [...services.values()]
    .filter(({ log }) => log.format === 'direct' && log.sinks.length > 0)
    .map(({ name }) => ({ path: ['services', name, 'log', 'sinks'], message }))
}

/** What passes by the guard, or is cut where no character begins, cannot be decoded. */
function encodingProblems(services: ReadonlyMap<string, ProgramSpec>): FileProblem[] {
  return [...services.values()].flatMap(({ name, log }) => {
    if (log.encoding === 'utf-8') return []
    const path = ['services', name, 'log', 'encoding']
    if (log.format === 'direct')
      return [{ path, message: 'with format: direct the program writes its log itself' }]
    return log.whenFull === 'drop' && log.encoding.startsWith('utf-16')
      ? [{ path, message: 'whenFull: drop cannot tell where a line of it begins; block can' }]
      : []
  })
}

function logProblems(services: ReadonlyMap<string, ProgramSpec>): FileProblem[] {
  const problems: FileProblem[] = []
  const writers = new Map<string, string>()
  for (const { name, log, instances } of services.values()) {
    if (log.file === null) continue
    const path = ['services', name, 'log', 'file']
    const other = writers.get(log.file)
    if (other !== undefined)
      problems.push({ path, message: `${other} writes ${log.file} already; each needs its own` })
    else if (instances > 1)
      problems.push({ path, message: `${instances} instances would write one file; leave it out` })
    writers.set(log.file, name)
  }
  return problems
}

function socketProblems(services: ReadonlyMap<string, ProgramSpec>): FileProblem[] {
  const problems: FileProblem[] = []
  const owners = new Map<string, string>()
  for (const { name, sockets, ready, fdStoreMax } of services.values()) {
    if ((sockets.length > 0 || fdStoreMax > 0) && ready?.kind === 'descriptor') {
      const message =
        'descriptors from 3 on are its sockets and what it left; let it say READY=1 (notify: true)'
      problems.push({ path: ['services', name, 'ready', 'descriptor'], message })
    }
    for (const { name: socket, address } of sockets) {
      const key =
        address.kind === 'unix' ? address.path : `${address.kind} ${address.host} ${address.port}`
      const other = owners.get(key)
      if (other !== undefined) {
        const message = `${other} has the same address`
        problems.push({ path: ['services', name, 'sockets', socket], message })
      }
      owners.set(key, `${name}, socket ${socket}`)
    }
  }
  return problems
}
