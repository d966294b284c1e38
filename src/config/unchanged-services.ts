import type { ConfigSources } from '../model/config-version.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import { formatOf } from './source/read-source.ts'

/** A configuration as it was read, whole. */
export interface KnownConfig {
  readonly spec: GuardSpec
  readonly sources: ConfigSources
}

/** The texts of a configuration without what is as it was. */
export interface ReducedConfig {
  /** By path: of each service that is as it was there is its name, and nothing below it. */
  readonly texts: ConfigSources
  readonly same: ReadonlyMap<string, ProgramSpec>
}

/** A text of YAML, cut where each of its services begins. */
interface CutText {
  /** Everything else, which has to be the same. */
  readonly frame: string
  /** Rows of each service as they stand there, in their order. */
  readonly services: ReadonlyMap<string, string>
  /** Where they stand in the frame, in rows. */
  readonly at: number
  readonly indent: string
}

/**
 * Finds the services of a configuration that cannot be others than they were: of a file with a thousand
 * of which one has changed, one is read. It looks at rows and indentation only, and gives up where those
 * may mislead: then everything is read, and so it is when anything is wrong, so that messages are the same.
 *
 * @param now the texts of the same files as they are
 * @returns null where everything has to be read
 */
export function withoutUnchanged(before: KnownConfig, now: ConfigSources): ReducedConfig | null {
  const known = new Map(before.spec.services.map((service) => [service.name, service]))
  const changed = new Set<string>()
  const cuts = new Map<string, CutText>()
  for (const [path, text] of Object.entries(before.sources)) {
    const next = now[path]
    if (next === undefined) return null
    if (formatOf(path) !== 'yaml') {
      if (next === text) continue
      return null
    }
    const [old, cut] = [cutText(text), cutText(next)]
    if (old === null || cut === null || old.frame !== cut.frame) return null
    cuts.set(path, cut)
    for (const name of new Set([...old.services.keys(), ...cut.services.keys()])) {
      // A row that only looks like a name has none of ours.
      if (old.services.has(name) && !known.has(name)) return null
      const rows = cut.services.get(name)
      if (meant(rows) !== meant(old.services.get(name)) || rows?.includes(SEALED)) changed.add(name)
    }
    // A file without any service is another thing than one of which all are the same.
    const [first] = cut.services.keys()
    if (first !== undefined) changed.add(first)
  }
  const touched = new Set(changed)
  for (const { name, dependsOn } of known.values()) {
    // What is waited for decides what it is waited for to be.
    if (Object.keys(dependsOn).some((other) => touched.has(other))) changed.add(name)
  }
  const same = new Map([...known].filter(([name]) => !changed.has(name)))
  const texts = [...cuts].map(([path, cut]) => [path, reduced(cut, same)] as const)
  return { texts: { ...now, ...Object.fromEntries(texts) }, same }
}

/** Such a value is opened at each reading: its key may be another one by now. */
const SEALED = 'ENC('

/** Rows without the empty ones after them, which only a text of several rows may mean (`|+`). */
function meant(rows: string | undefined): string | undefined {
  return rows !== undefined && /[|>]\d?\+/.test(rows) ? rows : rows?.trimEnd()
}

/** Anchors, aliases and merge keys, with which one service says something of another. */
const REFERENCES = /(?:^|[\s[{,])(?:[&*][\w-]|<<\s*:)/m

const SECTION = /^services:[ \t]*(?:#.*)?\r?$/
const NAME = /^ +([A-Za-z0-9][A-Za-z0-9_.-]*):(?:[ \t\r]|$)/

function cutText(text: string): CutText | null {
  if (REFERENCES.test(text)) return null
  const rows = text.split('\n')
  const begin = rows.findIndex((row) => SECTION.test(row))
  if (begin === -1) return { frame: text, services: new Map(), at: 0, indent: '' }
  const services = new Map<string, string>()
  let indent = ''
  let name: string | null = null
  let from = begin + 1
  let end = begin + 1
  const close = (): boolean => {
    if (name === null) return true
    if (services.has(name)) return false
    services.set(name, rows.slice(from, end).join('\n'))
    return true
  }
  for (; end < rows.length; end += 1) {
    const row = rows[end] as string
    const depth = row.search(/[^ ]/)
    const first = row[depth]
    if (depth === -1 || first === '#' || first === '\r') continue
    if (depth === 0) break
    if (first === '\t') return null
    if (indent === '') indent = ' '.repeat(depth)
    if (depth > indent.length && name !== null) continue
    const found = depth === indent.length ? NAME.exec(row)?.[1] : undefined
    if (found === undefined || !close()) return null
    name = found
    from = end
  }
  if (!close()) return null
  const head = rows.slice(0, services.size === 0 ? end : begin + 1)
  const rest = rows.slice(end)
  if (rest.some((row) => SECTION.test(row))) return null
  return { frame: [...head, ...rest].join('\n'), services, at: head.length, indent }
}

function reduced({ frame, services, at, indent }: CutText, same: ReadonlyMap<string, unknown>) {
  const rows = frame.split('\n')
  const own = [...services].map(([name, text]) => (same.has(name) ? `${indent}${name}:` : text))
  return [...rows.slice(0, at), ...own, ...rows.slice(at)].join('\n')
}
