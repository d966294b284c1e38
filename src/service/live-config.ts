import { SteadError } from '../errors.ts'
import type { ServiceConfiguration } from '../model/ports/service-configuration.ts'
import { type ConfigChange, type ConfigListener, changedSettings, frozen } from './config-change.ts'

/** The configuration of a running service. */
export interface LiveConfig {
  /** The newest that was accepted; undefined before the first, and where there is none. */
  readonly current: unknown
  /** Reads the first. @throws what the source throws */
  begin(): Promise<void>
  listen(listener: ConfigListener<unknown>): void
  /**
   * Reads afresh, and has it accepted: by every listener in the order in which they were given, then by
   * `last`, which sees it as the current one. Where one refuses, those that had accepted are told the
   * old one again, the last of them first, and the old one stays.
   *
   * @throws the refusal; CONFIG_MIXED where one that had accepted could not go back
   */
  renew(last: () => unknown): Promise<void>
}

/**
 * @param source undefined for a service without a configuration: then `renew` is `last` alone
 * @param accepted is told the names of the settings that have changed
 */
export function liveConfig(
  source: ServiceConfiguration | undefined,
  accepted: (names: string) => void,
): LiveConfig {
  const listeners: ConfigListener<unknown>[] = []
  let current: unknown
  return {
    get current() {
      return current
    },
    async begin() {
      if (source === undefined) return
      current = frozen(await source.load())
      await source.taken?.()
    },
    listen(listener) {
      if (source !== undefined) return void listeners.push(listener)
      const problems = ['the definition of this service has no config']
      throw new SteadError('SPEC_INVALID', { source: 'context.onConfig()', problems })
    },
    async renew(last) {
      if (source === undefined) return void (await last())
      const old = current
      const config = frozen(await source.load())
      const diff = changedSettings(old, config)
      // Where nothing differs, what everybody holds stays the very same object.
      const told: ConfigListener<unknown>[] = []
      try {
        if (diff.length > 0) {
          const change: ConfigChange<unknown> = Object.freeze({ old, config, diff })
          for (const listener of [...listeners]) {
            await listener(change)
            told.push(listener)
          }
          current = config
        }
        await last()
      } catch (refusal) {
        current = old
        await goBack(
          told,
          { old: config, config: old, diff: changedSettings(config, old) },
          refusal,
        )
        throw refusal
      }
      await source.taken?.()
      if (diff.length > 0) accepted(diff.map(({ path }) => path.join('.')).join(', '))
    },
  }
}

/** Everybody is told, also after one that fails: the fewer are left behind the better. */
export async function goBack<Change>(
  told: readonly ((change: Change) => unknown)[],
  change: Change,
  refusal: unknown,
): Promise<void> {
  const failures: unknown[] = []
  for (const listener of told.toReversed()) {
    try {
      await listener(change)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 0) return
  const cause = new AggregateError([refusal, ...failures], 'refused, and not gone back from')
  const reason = failures.map((error) => (error instanceof Error ? error.message : String(error)))
  throw new SteadError('CONFIG_MIXED', { reason: reason.join('; ') }, { cause })
}
