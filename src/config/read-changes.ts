import { isSteadError } from '../errors.ts'
import type { ConfigSources } from '../model/config-version.ts'
import type { ConfigFiles } from '../model/ports/config-files.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { type GuardConfig, type GuardFile, loadGuardFile } from './guard-file.ts'
import { type KnownConfig, withoutUnchanged } from './unchanged-services.ts'

export interface ReadChanges {
  readonly config: GuardConfig
  readonly sources: ConfigSources
  /** Services that are the known ones; nothing else has been read of them. */
  readonly same: ReadonlyMap<string, ProgramSpec>
}

export interface ChangesReader {
  /**
   * What is in the texts now, with what is known of those before taken over where it has not changed.
   *
   * @returns null where everything has to be read, as where anything is wrong
   */
  read(text: string, known: KnownConfig): ReadChanges | null
  /** Reads a bit of what is known: what is compiled at its first use is so by then. */
  warmUp(known: KnownConfig): void
}

/** Reads of one configuration as little as has changed. */
export function changesReader(
  file: Omit<GuardFile, 'text' | 'same'>,
  disk: ConfigFiles,
): ChangesReader {
  const { path } = file
  const set = file.set ?? []

  function read(text: string, known: KnownConfig): ReadChanges | null {
    // What the command line says of a service is not in the texts.
    if (set.length > 0) return null
    const sources: Record<string, string> = { [path]: text }
    for (const other of Object.keys(known.sources)) {
      if (other === path) continue
      const found = disk.read(other)
      if ('problem' in found) return null
      sources[other] = found.text
    }
    const reduced = withoutUnchanged(known, sources)
    if (reduced === null) return null
    const { texts, same } = reduced
    let isOther = false
    const files: ConfigFiles = {
      read(one) {
        const own = texts[one]
        if (own !== undefined) return { text: own }
        const found = disk.read(one)
        if ('text' in found) isOther = true
        return found
      },
      names: disk.names,
    }
    try {
      const config = loadGuardFile({ ...file, set, text: texts[path] ?? text, same }, files)
      return isOther ? null : { config, sources, same }
    } catch (error) {
      // All of it is told with its places when all of it is read.
      if (isSteadError(error)) return null
      throw error
    }
  }

  return {
    read,
    warmUp(known) {
      read(known.sources[path] ?? '', known)
    },
  }
}
