import type { ConfigSources, ConfigVersion } from '../../src/model/config-version.ts'
import type { ConfigHistory } from '../../src/model/ports/config-history.ts'

/** Stands for the directory of versions; outlives the guards that write to it. */
export function memoryHistory(): ConfigHistory {
  const all: { version: ConfigVersion; readonly sources: ConfigSources }[] = []
  const digestOf = (sources: ConfigSources): string => JSON.stringify(sources)
  let newest = 0
  return {
    get versions() {
      return all.map(({ version }) => version)
    },
    append(told, sources, keep) {
      newest += 1
      const version = { ...told, number: newest, digest: digestOf(sources) }
      all.push({ version, sources })
      all.splice(0, Math.max(0, all.length - keep))
      return version
    },
    settle(number, outcome, reason) {
      const found = all.find(({ version }) => version.number === number)
      if (found !== undefined) found.version = { ...found.version, outcome, reason }
    },
    sourcesOf: (number) => all.find(({ version }) => version.number === number)?.sources ?? null,
    digestOf,
  }
}
