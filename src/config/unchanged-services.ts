import type { ConfigSources } from '../model/config-version.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import { cutJson } from './source/cut-json.ts'
import type { CutText } from './source/cut-text.ts'
import { cutYaml } from './source/cut-yaml.ts'
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

/**
 * Finds the services of a configuration that cannot be others than they were: of a file with a thousand
 * of which one has changed, one is read. It looks at where services begin only, and gives up where that may
 * mislead: then everything is read, and so it is when anything is wrong, so that messages are the same.
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
    const cut = cutText(path, next)
    const old = next === text ? cut : cutText(path, text)
    // What cannot be cut is read as it is; where it has services itself, everything is read in the end.
    if (cut === null && next === text && formatOf(path) !== 'yaml') continue
    if (old === null || cut === null || old.frame !== cut.frame) return null
    cuts.set(path, cut)
    for (const name of new Set([...old.services.keys(), ...cut.services.keys()])) {
      // A row that only looks like a name has none of ours.
      if (old.services.has(name) && !known.has(name)) return null
      const own = cut.services.get(name)
      if (own !== old.services.get(name) || own?.includes(SEALED)) changed.add(name)
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
  const texts = [...cuts].map(([path, cut]) => [path, cut.without(same)] as const)
  return { texts: { ...now, ...Object.fromEntries(texts) }, same }
}

/** Such a value is opened at each reading: its key may be another one by now. */
const SEALED = 'ENC('

function cutText(path: string, text: string): CutText | null {
  const format = formatOf(path)
  if (format === 'toml') return null
  return format === 'yaml' ? cutYaml(text) : cutJson(text)
}
