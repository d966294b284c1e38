import type { ConfigOutcome, ConfigSources, ConfigVersion } from '../config-version.ts'

/** The versions of a guard's configuration, on disk. What cannot be stored is told, and is no reason to stop. */
export interface ConfigHistory {
  /** Newest last. */
  readonly versions: readonly ConfigVersion[]
  /** Keeps a version under the next number, and as many before it as `keep` says. */
  append(
    version: Omit<ConfigVersion, 'number' | 'digest'>,
    sources: ConfigSources,
    keep: number,
  ): ConfigVersion
  settle(number: number, outcome: ConfigOutcome, reason: string | null): void
  /** Null where it is not kept any more. */
  sourcesOf(number: number): ConfigSources | null
  /** SHA-256 of texts, as versions have it. */
  digestOf(sources: ConfigSources): string
}
