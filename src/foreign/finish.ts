import { join } from 'node:path'
import { parseGuardFile, settingProblems } from '../config/guard-file.ts'
import { SteadError } from '../errors.ts'
import { type Draft, type DraftService, lose } from './draft.ts'
import { stopForWindows } from './for-windows.ts'
import { markJobs } from './jobs.ts'
import type { Loss, Place } from './loss.ts'
import { goodName, nameAll } from './names.ts'
import { comment, setting } from './render.ts'

/** What an import gives. */
export interface Imported {
  /** A stead.yaml that `parseGuardFile` takes. */
  readonly text: string
  /** In the order of files and lines. */
  readonly losses: readonly Loss[]
  readonly services: number
}

type Settings = Record<string, unknown>

interface Parts {
  readonly services: Map<string, { readonly draft: DraftService; readonly settings: Settings }>
  readonly groups: Map<string, { readonly place: Place; services: string[] }>
  readonly defaults: Settings
  readonly project: string | null
}

/** Members of these can be left out one by one. */
const MAPS = new Set(['env', 'labels', 'dependsOn', 'limits', 'log', 'restart'])
/** Each round leaves something out; a configuration that needs more of them is beyond mending. */
const MAX_ROUNDS = 60

/**
 * The stead.yaml that a draft makes. What stead would refuse is left out and told as a loss; the text is
 * read back before it is given away.
 *
 * @param shownAs the configuration, for messages
 * @param base the directory where the file will lie
 * @param onWindows whether its guard will be there: what it would refuse is lost as well
 * @throws FOREIGN_EMPTY where no program is left, FOREIGN_INVALID where nothing can be made of it
 */
export function finish(draft: Draft, shownAs: string, base: string, onWindows = false): Imported {
  const parts = partsOf(draft)
  if (onWindows) {
    for (const { draft: service, settings } of parts.services.values()) {
      if ('stop' in settings) settings.stop = stopForWindows(service, settings.stop)
    }
  }
  const path = join(base, 'stead.yaml')
  for (let round = 0; ; round += 1) {
    if (parts.services.size === 0) throw new SteadError('FOREIGN_EMPTY', { source: shownAs })
    const problems = settingProblems(documentOf(parts), path, onWindows)
    if (problems.length === 0) break
    if (round === MAX_ROUNDS) {
      const told = problems.map((one) => `${one.path.map(String).join('.')}: ${one.message}`)
      throw new SteadError('FOREIGN_INVALID', { source: shownAs, problems: told.slice(0, 20) })
    }
    for (const problem of problems) leaveOut(parts, draft, problem.path, problem.message)
  }
  const text = textOf(parts, draft)
  // Whatever variable it names has a value: what that is, is the business of the machine it runs on.
  const env = new Proxy({}, { get: (_, name) => (typeof name === 'string' ? '1' : undefined) })
  try {
    parseGuardFile({ path, text, env, ...(onWindows ? { onWindows } : {}) })
  } catch (cause) {
    const problems = [`what was made of it cannot be read: ${(cause as Error).message}`]
    throw new SteadError('FOREIGN_INVALID', { source: shownAs, problems }, { cause })
  }
  const losses = [...draft.losses].sort((a, b) =>
    a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
  )
  return { text, losses, services: parts.services.size }
}

function partsOf(draft: Draft): Parts {
  markJobs(draft)
  const { names, services, groups } = nameAll(draft)
  const parts: Parts = {
    services: new Map(),
    groups: new Map(),
    defaults: draft.defaults,
    project: draft.project === null ? null : goodName(draft.project),
  }
  draft.services.forEach((one, index) => {
    const settings: Settings = withoutOddNames(one)
    const { dependsOn } = settings
    if (typeof dependsOn === 'object' && dependsOn !== null) {
      const renamed = Object.entries(dependsOn).map(([name, how]) => [names.get(name) ?? name, how])
      settings.dependsOn = Object.fromEntries(renamed)
      if (renamed.length === 0) delete settings.dependsOn
    }
    parts.services.set(services[index] as string, { draft: one, settings })
  })
  draft.groups.forEach(({ place, services: members }, index) => {
    const known = members.flatMap((name) => names.get(name) ?? [])
    if (known.length > 0) parts.groups.set(groups[index] as string, { place, services: known })
  })
  return parts
}

/** A key of YAML has 1024 characters at most (YAML 1.2, 7.4), and stead refuses this one name. */
function withoutOddNames(service: DraftService): Settings {
  const settings: Settings = { ...service.settings }
  for (const [setting, value] of Object.entries(settings)) {
    if (!MAPS.has(setting) || typeof value !== 'object' || value === null) continue
    const odd = Object.keys(value).filter((name) => name.length > 900 || name === '__proto__')
    if (odd.length === 0) continue
    const { place } = service.origins.get(setting) ?? service
    for (const name of odd)
      service.lose(`${setting}: ${name.slice(0, 40)}`, place, 'stead takes no such name')
    settings[setting] = Object.fromEntries(
      Object.entries(value).filter(([name]) => !odd.includes(name)),
    )
  }
  return settings
}

function documentOf({ services, groups, defaults }: Parts): Settings {
  return {
    services: Object.fromEntries([...services].map(([name, { settings }]) => [name, settings])),
    ...(groups.size === 0
      ? {}
      : {
          groups: Object.fromEntries(
            [...groups].map(([name, one]) => [name, { services: one.services }]),
          ),
        }),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
  }
}

function leaveOut(parts: Parts, draft: Draft, path: readonly PropertyKey[], why: string): void {
  const [room, name, at, member] = path.map(String)
  if (room === 'groups') {
    const group = parts.groups.get(name ?? '')
    if (group === undefined) return
    lose(draft, { ...group.place, service: null, setting: `group ${name}`, why, instead: null })
    const kept =
      member === undefined ? [] : group.services.filter((_, index) => index !== Number(member))
    if (kept.length === 0) parts.groups.delete(name as string)
    else group.services = kept
    return
  }
  if (room === 'defaults') {
    for (const key of Object.keys(parts.defaults))
      if (name === undefined || key === name) delete parts.defaults[key]
    const place = draft.services[0]?.place ?? { file: '', line: 1 }
    lose(draft, { ...place, service: null, setting: String(name), why, instead: null })
    return
  }
  const found = parts.services.get(name ?? '')
  if (found === undefined) return
  const { draft: service, settings } = found
  const inherited = at !== undefined && !Object.hasOwn(settings, at) && at in parts.defaults
  if (inherited) {
    leaveOut(parts, draft, ['defaults', at], why)
    return
  }
  // A setting with two problems has gone with the first.
  const was = at !== undefined && path.length > 3 && Object.hasOwn(service.settings, at)
  if (was && at !== 'command' && !Object.hasOwn(settings, at)) return
  if (at === undefined || at === 'command' || !Object.hasOwn(settings, at)) {
    const { place, setting } = service.origins.get('command') ?? {
      place: service.place,
      setting: 'command',
    }
    service.lose(setting, place, `the whole program is left out: ${why}`)
    parts.services.delete(name as string)
    return
  }
  const origin = service.origins.get(at) ?? { place: service.place, setting: at }
  const value = settings[at] as Settings
  const inner = member !== undefined && MAPS.has(at) && Object.hasOwn(value, member)
  service.lose(inner ? `${origin.setting}: ${member}` : origin.setting, origin.place, why)
  const { [member ?? '']: _gone, ...kept } = inner ? value : {}
  if (Object.keys(kept).length > 0) settings[at] = kept
  else delete settings[at]
}

/** As a person would order them. */
const ORDER = [
  'description',
  'labels',
  'command',
  'type',
  'autostart',
  'instances',
  'cwd',
  'user',
  'group',
  'env',
  'envFile',
  'dependsOn',
]

function textOf(parts: Parts, draft: Draft): string {
  const lines = draft.notes.flatMap((note) => comment(note, ''))
  if (parts.project !== null) lines.push(...setting('project', parts.project, ''))
  lines.push('services:')
  for (const [name, { draft: service, settings }] of parts.services) {
    lines.push(...setting(name, {}, '  ').map((line) => line.replace(/ \{\}$/, '')))
    for (const note of service.notes) lines.push(...comment(note, '    '))
    const keys = Object.keys(settings).sort((a, b) => rank(a) - rank(b))
    for (const key of keys) lines.push(...setting(key, settings[key], '    '))
  }
  if (parts.groups.size > 0) {
    lines.push('groups:')
    for (const [name, { services }] of parts.groups)
      lines.push(...setting(name, { services }, '  '))
  }
  if (Object.keys(parts.defaults).length > 0) lines.push(...setting('defaults', parts.defaults, ''))
  return `${lines.join('\n')}\n`
}

function rank(name: string): number {
  const at = ORDER.indexOf(name)
  return at === -1 ? ORDER.length : at
}
